// The staff's API: lists and their filters, paging while the town goes on, search, the board, changes
// with If-Match, history, likeness.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town } from '../support/town.mjs'
import { jpegPhoto } from '../support/photo.mjs'

let town, staff
const made = {} // what the tests look for, by name
before(async () => {
    town = await Town.start()
    staff = await town.staff()
    const report = async (name, fields) => (made[name] = (await town.client.report({ locale: 'ja', ...fields })).ref)
    await report('pothole', { description: '市道路面が陥没しています。危ないです。', category: 'road', address: '本町三丁目の交差点', lat: 35.1, lon: 139.1 })
    await report('light', { description: 'The street light is flickering at night', category: 'light', locale: 'en', lat: 35.2, lon: 139.2 })
    await report('swing', { description: '公園のブランコの鎖が切れそう', category: 'park', address: 'みどり公園', lat: 35.3, lon: 139.3 })
    await report('rubbish', { description: '粗大ゴミが捨てられている', category: 'waste', lat: 35.4, lon: -139.4 })
    await report('nowhere', { description: 'Water is leaking somewhere', locale: 'en', category: 'drain' })
})
after(() => town?.stop())

const refs = (cases) => cases.map((c) => c.ref)
const find = async (query) => refs(await staff.list(query))
const sorted = (list) => [...list].sort()

test('without signing in nobody sees a case', async () => {
    for (const path of ['/api/v1/cases', '/api/v1/board', `/api/v1/cases/${made.pothole}`, '/api/v1/session']) {
        const answer = await town.client.get(path)
        assert.equal(answer.status, 401, path)
        assert.match(answer.headers['cache-control'], /no-store/)
    }
    const forged = town.visitor({ headers: { authorization: 'Bearer ' + 'A'.repeat(43) } })
    assert.equal((await forged.get('/api/v1/board')).status, 401)
})

test('newest first, and each filter leaves what it says', async () => {
    assert.deepEqual(await find(), ['nowhere', 'rubbish', 'swing', 'light', 'pothole'].map((n) => made[n]))
    await staff.change(made.swing, { status: 'checking' })
    await staff.change(made.rubbish, { status: 'done', outcome: 'declined' })
    assert.deepEqual(await find({ status: 'checking' }), [made.swing])
    assert.deepEqual(sorted(await find({ status: 'checking,done' })), sorted([made.swing, made.rubbish]))
    assert.deepEqual(sorted(await find({ department: 'roads' })), sorted([made.pothole, made.light]))
    assert.deepEqual(await find({ department: 'roads', q: 'street' }), [made.light])
    assert.deepEqual(await find({ status: 'new', department: 'parks' }), [])
})

test('a box holds what lies in it, edges included, and nothing without a place', async () => {
    assert.deepEqual(sorted(await find({ bbox: '139.05,35.05,139.25,35.25' })), sorted([made.pothole, made.light]))
    assert.deepEqual(await find({ bbox: '139.1,35.1,139.1,35.1' }), [made.pothole])
    assert.deepEqual(await find({ bbox: '-140,35,-139,36' }), [made.rubbish])
    const everywhere = await find({ bbox: '-180,-90,180,90' })
    assert.equal(everywhere.length, 4)
    assert.ok(!everywhere.includes(made.nowhere))
})

for (const [q, names] of [
    ['道路', ['pothole']],
    ['陥没', ['pothole']],
    ['市道', ['pothole']],
    ['路面', ['pothole']],
    ['道路 危ない', ['pothole']],
    ['本町', ['pothole']],
    ['公園', ['swing']],
    ['ブランコ', ['swing']],
    ['ﾌﾞﾗﾝｺ', ['swing']],
    ['鎖', ['swing']],
    ['ゴミ', ['rubbish']],
    ['flickering', ['light']],
    ['FLICKERING', ['light']],
    ['flick', ['light']],
    ['street light', ['light']],
    ['leaking', ['nowhere']],
    ['路道', []],
    ['elephant', []],
    ['道路 ブランコ', []],
]) {
    test(`search: ${q}`, async () => assert.deepEqual(await find({ q }), names.map((n) => made[n])))
}

test('search by reference, with dashes, without, in small letters, and by its beginning', async () => {
    const ref = made.light
    for (const q of [ref, ref.replaceAll('-', ''), ref.toLowerCase(), ref.slice(0, 7), ref.slice(0, 3)]) {
        assert.ok((await find({ q })).includes(ref), q)
    }
})

test('search takes what people and attackers type', async () => {
    for (const q of ['"', "'", '*', 'a*', 'NEAR(', '-', 'AND', 'OR NOT', '"a" OR "b', '\\', '%', '_', '道', '😀', 'title:x', ')', 'x'.repeat(2000), '　', '.']) {
        const answer = await staff.get(`/api/v1/cases?q=${encodeURIComponent(q)}`)
        assert.ok([200, 422].includes(answer.status), `${q}: ${answer.status} ${answer.text}`)
    }
})

test('what a filter cannot mean is named', async () => {
    for (const [query, field] of [
        ['status=open', 'status'], ['status=new,open', 'status'], ['department=nonsense', 'department'],
        ['bbox=1,2,3', 'bbox'], ['bbox=a,b,c,d', 'bbox'], ['bbox=139,36,138,35', 'bbox'], ['bbox=0,0,0,91', 'bbox'],
        ['updated_after=yesterday', 'updated_after'], ['limit=0', 'limit'], ['limit=201', 'limit'], ['limit=x', 'limit'], ['cursor=zzz', 'cursor'],
    ]) {
        const answer = await staff.get(`/api/v1/cases?${query}`)
        assert.equal(answer.status, 422, `${query}: ${answer.text}`)
        assert.equal(answer.json.problems[0]?.field, field, `${query}: ${answer.text}`)
    }
})

test('pages are complete, without gaps and repeats, while reports go on coming', async () => {
    for (let i = 0; i < 40; i++) await town.client.report({ description: `paging ${i}` })
    const before = new Set(await find())
    const seen = []
    let cursor
    do {
        const answer = await staff.get(`/api/v1/cases?limit=7${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
        assert.equal(answer.status, 200, answer.text)
        seen.push(...refs(answer.json.cases))
        assert.ok(answer.json.cases.length <= 7)
        cursor = answer.json.next_cursor
        await town.client.report({ description: 'came while somebody was paging' })
        await staff.change(seen[seen.length - 1], { title: `touched ${seen.length}` })
    } while (cursor)
    assert.equal(new Set(seen).size, seen.length, 'a case came twice')
    for (const ref of before) assert.ok(seen.includes(ref), `${ref} was left out`)
})

test('many reports of one millisecond are paged completely, too', async () => {
    const refs_ = await Promise.all(Array.from({ length: 30 }, (_, i) => town.client.report({ description: `simultaneous ${i}` }))).then(refs)
    const found = []
    let cursor = ''
    do {
        const { json } = await staff.get(`/api/v1/cases?limit=3&q=simultaneous${cursor}`)
        found.push(...refs(json.cases))
        cursor = json.next_cursor && `&cursor=${encodeURIComponent(json.next_cursor)}`
    } while (cursor)
    assert.deepEqual(sorted(found), sorted(refs_))
})

test('updated_after follows changes in their order', async () => {
    const [last] = (await staff.list()).sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))
    const since = last.updated_at
    const at = async () => (await staff.list({ updated_after: since })).filter((c) => c.updated_at > since)
    const before = (await at()).length
    assert.equal(before, 0)
    await staff.change(made.light, { status: 'checking' })
    await staff.change(made.pothole, { status: 'in_progress' })
    const changed = await at()
    assert.deepEqual(refs(changed), [made.light, made.pothole])
    assert.ok(changed[0].updated_at <= changed[1].updated_at)
})

// ---- the board ----

test("the board's counts are the lists' counts, its cards the lists' first", async () => {
    const { json: board } = await staff.get('/api/v1/board')
    assert.deepEqual(board.columns.map((c) => c.status), ['new', 'checking', 'in_progress', 'waiting', 'done'])
    for (const column of board.columns) {
        const all = await staff.list({ status: column.status })
        assert.equal(column.count, all.length, column.status)
        assert.equal(column.cards.length, Math.min(50, all.length))
        assert.deepEqual(sorted(refs(column.cards).slice(0, 50)), sorted(refs(all).slice(0, 50)))
        assert.equal(column.next_cursor !== null, all.length > 50, column.status)
    }
    const fresh = board.columns[0]
    if (fresh.next_cursor) {
        const rest = await staff.get(`/api/v1/cases?status=new&cursor=${encodeURIComponent(fresh.next_cursor)}`)
        assert.equal(rest.json.cases.length + fresh.cards.length, fresh.count)
    }
})

test('an unchanged board is 304, a changed one is not', async () => {
    const first = await staff.get('/api/v1/board')
    const etag = first.headers.etag
    const again = await staff.get('/api/v1/board', { headers: { 'if-none-match': etag } })
    assert.equal(again.status, 304)
    assert.equal(again.body.length, 0)
    await town.client.report({ description: 'something new' })
    const changed = await staff.get('/api/v1/board', { headers: { 'if-none-match': etag } })
    assert.equal(changed.status, 200)
    assert.notEqual(changed.json.version, first.json.version)
    assert.match(changed.headers['cache-control'], /private|no-store/, "a board is nobody else's")
})

test('the board is compressed for those who can', async () => {
    const { gunzipSync, brotliDecompressSync } = await import('../support/zlib.mjs')
    const plain = await staff.get('/api/v1/board')
    for (const [name, decode] of [['gzip', gunzipSync], ['br', brotliDecompressSync]]) {
        // Not through the client, which reads JSON as it comes.
        const answer = await fetchRaw('/api/v1/board', { 'accept-encoding': name })
        if (!answer.encoding) continue // may do without
        assert.equal(answer.encoding, name)
        assert.deepEqual(JSON.parse(decode(answer.body)), plain.json)
        assert.match(answer.vary, /accept-encoding/i)
    }
})

async function fetchRaw(path, headers) {
    const { default: http } = await import('node:http')
    return new Promise((resolve, reject) => {
        http.get(town.url + path, { headers: { ...staff.headers, ...headers } }, (r) => {
            const pieces = []
            r.on('data', (d) => pieces.push(d))
            r.on('end', () => resolve({ status: r.statusCode, encoding: r.headers['content-encoding'], vary: r.headers.vary ?? '', body: Buffer.concat(pieces) }))
        }).on('error', reject)
    })
}

test('the board is in the language asked for', async () => {
    const name = async (headers) => {
        const { json } = await staff.get('/api/v1/board', { headers })
        return json.columns.flatMap((c) => c.cards).find((c) => c.ref === made.light).department.name
    }
    assert.equal(await name({ 'accept-language': 'en' }), 'Roads')
    assert.equal(await name({ 'accept-language': 'ja' }), '道路課')
    assert.equal(await name({ 'accept-language': 'en' }), 'Roads')
})

// ---- changes ----

test('a change needs If-Match, and the right one', async () => {
    const { ref } = await town.client.report({ description: 'x' })
    const path = `/api/v1/cases/${ref}`
    const without = await staff.patch(path, { json: { status: 'checking' } })
    assert.equal(without.status, 428)
    assert.equal(without.json.code, 'precondition_required')
    const first = await staff.get(path)
    assert.equal(first.headers.etag, `"${first.json.version}"`)
    const changed = await staff.patch(path, { json: { status: 'checking' }, headers: { 'if-match': first.headers.etag } })
    assert.equal(changed.status, 200, changed.text)
    assert.equal(changed.json.status, 'checking')
    assert.ok(changed.json.version > first.json.version)
    assert.equal(changed.headers.etag, `"${changed.json.version}"`)
    const late = await staff.patch(path, { json: { status: 'waiting' }, headers: { 'if-match': first.headers.etag } })
    assert.equal(late.status, 412)
    assert.equal(late.json.code, 'changed')
    assert.equal((await staff.case(ref)).status, 'checking')
    const any = await staff.patch(path, { json: { status: 'waiting' }, headers: { 'if-match': '*' } })
    assert.equal(any.status, 200)
    assert.equal((await staff.get(path, { headers: { 'if-none-match': any.headers.etag } })).status, 304)
})

test('of eight clerks who change one version, one wins', async () => {
    const { ref } = await town.client.report({ description: 'race' })
    const { version } = await staff.case(ref)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => staff.change(ref, { title: `clerk ${i}` }, version)))
    const wins = answers.filter((a) => a.status === 200)
    assert.equal(wins.length, 1)
    assert.equal(answers.filter((a) => a.status === 412).length, 7)
    assert.equal((await staff.case(ref)).title, wins[0].json.title)
})

test('everything that may be changed is changed, and stands in the history', async () => {
    const { ref } = await town.client.report({ description: 'x', category: 'road' })
    const answer = await staff.change(ref, {
        status: 'in_progress', category: 'drain', department: 'water', assignee: 'sato', title: '側溝のふた',
        address: '駅前', lat: 35.55, lon: 139.55, note: 'seen on the spot',
    })
    assert.equal(answer.status, 200, answer.text)
    const c = answer.json
    assert.deepEqual([c.status, c.category.code, c.department.code, c.assignee, c.title, c.address], ['in_progress', 'drain', 'water', 'sato', '側溝のふた', '駅前'])
    assert.deepEqual([c.location.lat, c.location.lon, c.location.source], [35.55, 139.55, 'staff'])
    const kinds = c.events.map((e) => e.kind)
    for (const kind of ['reported', 'status', 'category', 'department', 'assignee', 'title', 'address', 'location', 'note']) assert.ok(kinds.includes(kind), `${kind}: ${kinds}`)
    assert.deepEqual(c.events.map((e) => e.seq), c.events.map((_, i) => i + 1))
    const since = kinds.indexOf('status') // before it stands what the report itself said
    for (const e of c.events.slice(since)) assert.deepEqual(e.actor, { kind: 'staff', name: 'sato' })
    assert.ok(c.events.slice(0, since).every((e) => e.actor.kind !== 'staff'))
    assert.equal(c.events.find((e) => e.kind === 'note').public, false)

    const cleared = await staff.change(ref, { category: null, department: null, assignee: null })
    assert.deepEqual([cleared.json.category, cleared.json.department, cleared.json.assignee], [null, null, null])
    const same = await staff.change(ref, { title: '側溝のふた' })
    assert.equal(same.json.version, cleared.json.version, 'a change that changes nothing is none')
})

test('what cannot be is refused field by field, and nothing is changed', async () => {
    const { ref } = await town.client.report({ description: 'x' })
    const { version } = await staff.case(ref)
    for (const [change, field] of [
        [{ status: 'open' }, 'status'],
        [{ status: 'done' }, 'outcome'],
        [{ outcome: 'fixed' }, 'outcome'],
        [{ status: 'checking', outcome: 'fixed' }, 'outcome'],
        [{ category: 'nonsense' }, 'category'],
        [{ department: 'nonsense' }, 'department'],
        [{ assignee: 'nobody' }, 'assignee'],
        [{ title: '' }, 'title'],
        [{ title: 7 }, 'title'],
        [{ lat: 35 }, 'lon'],
        [{ lat: 91, lon: 0 }, 'lat'],
        [{ lat: '35', lon: '139' }, 'lat'],
        [{ status: 'checking', title: 'x'.repeat(5000) }, 'title'],
    ]) {
        const answer = await staff.change(ref, change, version)
        assert.equal(answer.status, 422, `${JSON.stringify(change)}: ${answer.text}`)
        assert.equal(answer.json.problems[0]?.field, field, `${JSON.stringify(change)}: ${answer.text}`)
    }
    assert.equal((await staff.case(ref)).version, version)
})

test('what is no JSON is refused', async () => {
    const { ref } = await town.client.report({ description: 'x' })
    const send = (body, type = 'application/json') => staff.patch(`/api/v1/cases/${ref}`, { body: Buffer.from(body), headers: { 'if-match': '*', 'content-type': type } })
    for (const body of ['', '{', 'null', '[]', '"x"', '{"title":"a\\u0000b"}', '{"title":"\\ud800"}', '{"title":"a"} trailing', '{"title":"a","title":"b"}', '{"a":'.repeat(200) + '1' + '}'.repeat(200), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
        const answer = await send(body)
        assert.ok([400, 413, 422].includes(answer.status), `${body}: ${answer.status}`)
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) assert.equal((await send('{"title":"a"}', type)).status, 415, type)
    assert.equal((await staff.case(ref)).version, 1)
})

test('notes are internal, replies public; empty ones are refused', async () => {
    const { ref } = await town.client.report({ description: 'x' })
    const say = (json) => staff.post(`/api/v1/cases/${ref}/events`, { json })
    const note = await say({ kind: 'note', text: '田中さんに電話' })
    assert.equal(note.status, 201, note.text)
    assert.deepEqual([note.json.kind, note.json.public, note.json.actor.name], ['note', false, 'sato'])
    const reply = await say({ kind: 'reply', text: '本日確認に伺います。' })
    assert.equal(reply.json.public, true)
    for (const bad of [{ kind: 'note', text: '' }, { kind: 'note', text: ' ' }, { kind: 'shout', text: 'x' }, { text: 'x' }, { kind: 'note' }, { kind: 'note', text: 'x'.repeat(100000) }]) {
        assert.ok([422, 413].includes((await say(bad)).status), JSON.stringify(bad).slice(0, 60))
    }
    const found = await staff.case(ref)
    assert.equal(found.events.length, 3)
    assert.equal(found.events.at(-1).text, '本日確認に伺います。')
})

test('an unknown case is 404 for reading, changing and saying', async () => {
    for (const ref of ['222-222-222', 'ABC-DEF-GHJ', 'x', '%00', '..']) {
        assert.ok([400, 404].includes((await staff.get(`/api/v1/cases/${ref}`)).status), ref)
        assert.ok([400, 404].includes((await staff.patch(`/api/v1/cases/${ref}`, { json: { title: 'x' }, headers: { 'if-match': '*' } })).status), ref)
        assert.ok([400, 404].includes((await staff.post(`/api/v1/cases/${ref}/events`, { json: { kind: 'note', text: 'x' } })).status), ref)
    }
})

// ---- likeness ----

test('the same hole a second time is recognised, with the reasons', async () => {
    const first = await town.client.report({ photo: jpegPhoto({ seed: 77, quality: 90, lat: 36.0, lon: 140.0 }), category: 'road' })
    const again = await town.client.report({ photo: jpegPhoto({ seed: 77, quality: 60, lat: 36.0003, lon: 140.0 }), category: 'road', locale: 'en' })
    const hit = again.duplicates.find((d) => d.ref === first.ref)
    assert.ok(hit, JSON.stringify(again.duplicates))
    assert.ok(hit.photo_distance <= 30, `${hit.photo_distance}`)
    assert.ok(Math.abs(hit.distance_m - 33) <= 1, `${hit.distance_m}`)
    assert.ok(hit.reasons.some((r) => /alike|same photo/.test(r)) && hit.reasons.some((r) => /33 m/.test(r)), hit.reasons.join(' | '))
    const found = await staff.case(again.ref)
    assert.ok(refs(found.duplicates).includes(first.ref))
    assert.equal((await staff.list({ q: again.ref }))[0].alike, found.duplicates.length)
})

test('without a photo: nearby and of the same kind', async () => {
    const first = await town.client.report({ description: 'hole', category: 'road', lat: 36.5, lon: 140.5 })
    const near = await town.client.report({ description: 'a hole', category: 'road', lat: 36.5004, lon: 140.5 })
    const far = await town.client.report({ description: 'a hole', category: 'road', lat: 36.6, lon: 140.5 })
    assert.deepEqual(refs(near.duplicates), [first.ref])
    assert.equal(near.duplicates[0].photo_distance, null)
    assert.deepEqual(far.duplicates, [])
})

test('different photos of different places are not alike', async () => {
    const a = await town.client.report({ photo: jpegPhoto({ seed: 78, lat: 37.1, lon: 140.0 }) })
    const b = await town.client.report({ photo: jpegPhoto({ seed: 79, lat: 37.9, lon: 140.0 }) })
    assert.ok(!refs(b.duplicates).includes(a.ref), JSON.stringify(b.duplicates))
})

test('pictures too flat to be recognised never match by looks', async () => {
    const { default: jpeg } = await import('jpeg-js')
    const flat = (value) => Buffer.from(jpeg.encode({ width: 320, height: 240, data: Buffer.alloc(320 * 240 * 4, value) }, 80).data)
    await town.client.report({ photo: flat(120), lat: 38, lon: 140 })
    const other = await town.client.report({ photo: flat(121), lat: 39, lon: 140 })
    assert.deepEqual(other.duplicates, [])
})
