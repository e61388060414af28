// Everything at once for a few seconds: reports with and without photos, boards, lists, changes, photos
// read, sign-ins, a backup, listeners that come and go. Run on a build with the thread sanitizer, which
// ends the process at the first race (TSAN_OPTIONS=halt_on_error=1).
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Town, folder, towndeskDone } from '../support/town.mjs'
import { jpegPhoto } from '../support/photo.mjs'
import { seededRandom } from '../support/random.mjs'

const seconds = Number(process.env.SECONDS_OF_LOAD ?? 12)

test(`${seconds} s of everything at once`, { timeout: 120000 + seconds * 3000 }, async (t) => {
    const random = seededRandom()
    t.diagnostic(`SEED=${random.seed}`)
    const dir = folder(t)
    const town = await Town.start({ dir })
    const staff = await town.staff()
    const photos = [1, 2, 3, 4].map((seed) => jpegPhoto({ seed, lat: 35 + seed / 1000, lon: 139, orientation: 1 + seed }))
    const made = [await town.client.report({ photo: photos[0], description: 'the first' })]
    const counts = {}
    const end = Date.now() + seconds * 1000
    const always = async (name, work) => {
        while (Date.now() < end) {
            await work()
            counts[name] = (counts[name] ?? 0) + 1
        }
    }
    const fine = (answer, ...statuses) => assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text.slice(0, 300)}`)
    let etag
    await Promise.all([
        ...[0, 1].map(() => always('photo reports', async () => made.push(await town.client.report({ photo: random.pick(photos), description: '道路の穴', category: 'road' })))),
        ...[0, 1].map(() => always('plain reports', async () => made.push(await town.client.report({ description: 'a dark light', lat: 35, lon: 139 })))),
        ...[0, 1].map(() => always('boards', async () => {
            const answer = await staff.get('/api/v1/board', { headers: etag ? { 'if-none-match': etag } : {} })
            fine(answer, 200, 304)
            etag = answer.headers.etag
        })),
        always('lists', async () => fine(await staff.get(`/api/v1/cases?limit=20&q=${encodeURIComponent(random.pick(['道路', 'light', '穴']))}`), 200)),
        always('changes', async () => {
            const { ref } = random.pick(made)
            fine(await staff.change(ref, { status: random.pick(['checking', 'in_progress', 'waiting']), title: `t${random.below(1000)}` }), 200, 412)
            fine(await staff.post(`/api/v1/cases/${ref}/events`, { json: { kind: 'note', text: 'seen' } }), 201)
        }),
        always('photos', async () => {
            const thumb = random.pick(made).photos[0]?.thumb_url
            if (thumb) fine(await town.client.get(random.pick([thumb, thumb.replace('thumb', 'screen')])), 200)
        }),
        always('pages', async () => fine(await town.client.get(random.pick(['/', '/report', random.pick(made).url, '/metrics'])), 200)),
        always('sign-ins', async () => (await town.signIn()).close()),
        always('backups', async () => towndeskDone(['backup', '--db', town.db, join(dir, 'copy.db')])),
    ])
    t.diagnostic(JSON.stringify(counts))
    assert.equal(await town.caseCount(), made.length)
    const { json: board } = await staff.get('/api/v1/board')
    assert.equal(board.columns.reduce((sum, c) => sum + c.count, 0), made.length)
    await town.halt()
    await towndeskDone(['verify', town.db])
    await towndeskDone(['verify', join(dir, 'copy.db')])
})
