// What looks at the process and its file: health, metrics, the description, signing in and out, the
// town's own data, languages and encodings.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town, towndesk, towndeskDone, jsonLines } from '../support/town.mjs'
import { openapi } from '../support/contract.mjs'
import { jpegPhoto } from '../support/photo.mjs'

let town
before(async () => (town = await Town.start()))
after(() => town?.stop())

test('healthz says ok', async () => assert.deepEqual((await town.client.get('/healthz')).json, { status: 'ok' }))

// The text exposition format 0.0.4, read strictly.
function parseMetrics(text) {
    const metrics = new Map()
    const types = new Map()
    assert.ok(text.endsWith('\n'))
    for (const line of text.slice(0, -1).split('\n')) {
        const meta = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
        if (meta) {
            if (meta[1] === 'TYPE') {
                assert.match(meta[3], /^(counter|gauge|histogram|summary|untyped)$/)
                assert.ok(!types.has(meta[2]), `TYPE twice: ${line}`)
                types.set(meta[2], meta[3])
            }
            continue
        }
        const sample = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/.exec(line)
        assert.ok(sample, `not a sample: ${line}`)
        assert.ok(types.has(sample[1]), `no TYPE before ${line}`)
        assert.ok(!metrics.has(sample[1] + (sample[2] ?? '')), `twice: ${line}`)
        metrics.set(sample[1] + (sample[2] ?? ''), Number(sample[3]))
    }
    return { metrics, types }
}

test('metrics are Prometheus text and count what happens', async () => {
    const read = async () => {
        const answer = await town.client.get('/metrics')
        assert.match(answer.type, /^text\/plain; version=0\.0\.4/)
        return parseMetrics(answer.text)
    }
    const before = await read()
    await town.client.report({ photo: jpegPhoto({ seed: 1 }), description: 'x', contact_name: 'Nobody Must See' })
    const { metrics, types } = await read()
    for (const name of types.keys()) assert.match(name, /^towndesk_/)
    assert.equal(types.get('towndesk_requests_total'), 'counter')
    assert.equal(metrics.get('towndesk_cases{status="new"}'), before.metrics.get('towndesk_cases{status="new"}') + 1)
    assert.equal(metrics.get('towndesk_requests_total'), before.metrics.get('towndesk_requests_total') + 2)
    assert.ok(metrics.get('towndesk_commits_total') > before.metrics.get('towndesk_commits_total'))
    assert.equal(metrics.get('towndesk_body_bytes_held'), 0)
    assert.ok(metrics.get('towndesk_resident_bytes') > 1e6)
    assert.doesNotMatch((await town.client.get('/metrics')).text, /Nobody/)
})

test('openapi.json is the one in the sources', async () => {
    assert.deepEqual((await town.client.get('/api/v1/openapi.json')).json, openapi)
})

test('every route of the API is described, and every description is a route', async () => {
    const routes = jsonLines(await towndeskDone(['routes', '--json'])).map((r) => `${r.method.toLowerCase()} ${r.pattern}`)
    const described = Object.entries(openapi.paths).flatMap(([path, o]) => Object.keys(o).filter((k) => k !== 'parameters').map((m) => `${m} ${path}`))
    const normal = (s) => s.replace(/\{\w+\}/g, '{}')
    const mine = new Set(routes.map(normal))
    for (const d of described) assert.ok(mine.has(normal(d)), `${d} is described, but no route`)
    const theirs = new Set(described.map(normal))
    for (const r of routes.filter((r) => / \/api\//.test(r))) assert.ok(theirs.has(normal(r)), `${r} is a route, but not described`)
})

test('the town introduces itself in two languages', async () => {
    const ja = (await town.client.get('/api/v1/town?lang=ja')).json
    const en = (await town.client.get('/api/v1/town?lang=en')).json
    assert.equal(ja.name, ja.names.ja)
    assert.equal(en.name, en.names.en)
    assert.deepEqual(ja.categories.map((c) => c.code), en.categories.map((c) => c.code))
    assert.notDeepEqual(ja.categories.map((c) => c.name), en.categories.map((c) => c.name))
    const departments = new Set(ja.departments.map((d) => d.code))
    for (const c of ja.categories) assert.ok(c.department === null || departments.has(c.department))
})

test('a town without a map has none', async () => {
    const answer = await town.client.get('/api/v1/map')
    assert.ok([200, 404].includes(answer.status))
})

// ---- signing in ----

test('sign in, who am I, sign out', async () => {
    await town.staff('suzuki', 'admin')
    const browser = town.visitor({ cookies: true })
    const answer = await browser.post('/api/v1/session', { json: { name: 'suzuki', password: 'correct horse battery' } })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.json.role, 'admin')
    const [cookie] = answer.cookies
    assert.match(cookie, /HttpOnly/i)
    assert.match(cookie, /SameSite=Lax/i)
    assert.match(cookie, /Path=\//i)
    assert.deepEqual((await browser.get('/api/v1/session')).json, { name: 'suzuki', role: 'admin' })
    assert.equal((await browser.delete('/api/v1/session')).status, 204)
    assert.equal((await browser.get('/api/v1/session')).status, 401)
    const bearer = town.visitor({ headers: { authorization: `Bearer ${answer.json.token}` } })
    assert.equal((await bearer.get('/api/v1/session')).status, 401, 'the session ended for the token, too')
})

test('wrong name and wrong password are told apart nowhere, and tried only so often', async () => {
    await town.staff('tanaka')
    const attempt = (name, password) => town.client.post('/api/v1/session', { json: { name, password } })
    const unknown = await attempt('nobody-here', 'x'.repeat(12))
    const wrong = await attempt('tanaka', 'x'.repeat(12))
    assert.equal(unknown.status, 401)
    assert.equal(wrong.status, 401)
    const plain = (a) => ({ ...a.json, request: null })
    assert.deepEqual(plain(unknown), plain(wrong))
    assert.equal(wrong.json.code, 'sign_in_failed')
    let last
    for (let i = 0; i < 30 && last?.status !== 429; i++) last = await attempt('tanaka', 'y'.repeat(12))
    assert.equal(last.status, 429)
    assert.equal(last.json.code, 'too_many_attempts')
    assert.ok(Number(last.headers['retry-after']) > 0)
    await town.staff('yamada') // others are not locked out
})

test('a new password ends the old sessions; a disabled person is out', async () => {
    const client = await town.staff('kobayashi')
    await towndeskDone(['staff', 'passwd', 'kobayashi', '--db', town.db], { input: 'another good password\n' })
    await until(async () => (await client.get('/api/v1/session')).status === 401)
    const again = await town.signIn('kobayashi', 'another good password')
    assert.equal((await again.get('/api/v1/session')).status, 200)
    await towndeskDone(['staff', 'disable', 'kobayashi', '--db', town.db])
    await until(async () => (await again.get('/api/v1/session')).status === 401)
    const answer = await town.client.post('/api/v1/session', { json: { name: 'kobayashi', password: 'another good password' } })
    assert.equal(answer.status, 401)
})

// Sessions are remembered for a few seconds, so another process's word takes that long.
async function until(condition) {
    const end = Date.now() + 15000
    while (!(await condition())) {
        assert.ok(Date.now() < end, 'it did not become true within 15 s')
        await new Promise((resolve) => setTimeout(resolve, 200))
    }
}

test('sign-in page: wrong, right, on to where one wanted to go, and nowhere else', async () => {
    await town.staff('ito')
    const browser = town.visitor({ cookies: true })
    const asked = await browser.get('/staff')
    assert.ok([303, 401].includes(asked.status))
    const sign = (password, next) => browser.post('/staff/sign-in', { urlencoded: { name: 'ito', password, next } })
    const wrong = await sign('wrong password', '/staff')
    assert.equal(wrong.status, 401)
    assert.match(wrong.text, /value="ito"/)
    assert.doesNotMatch(wrong.text, /wrong password"/)
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', '/staff/../\\evil.example', 'javascript:alert(1)', '']) {
        const right = await sign('correct horse battery', next)
        assert.equal(right.status, 303, next)
        assert.match(right.headers.location, /^\/staff(\/|$)/, `${next} leads to ${right.headers.location}`)
        assert.doesNotMatch(right.headers.location, /evil/)
    }
    const board = await browser.get('/staff')
    assert.equal(board.status, 200)
    assert.match(board.text, /id="app"/)
})

// ---- assets ----

test('assets: hashed names for ever, compressed, nothing else to be had', async () => {
    const { text } = await town.client.get('/report')
    const names = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((m) => m[1])
    assert.ok(names.length >= 2, names.join(' '))
    for (const name of names) {
        const asset = await town.client.get(name)
        assert.equal(asset.status, 200, name)
        assert.match(asset.headers['cache-control'], /public.*immutable/, name)
        const small = await town.client.get(name, { headers: { 'accept-encoding': 'br' } })
        if (asset.body.length > 2000) assert.equal(small.headers['content-encoding'], 'br', name)
        assert.equal((await town.client.get(name, { headers: { 'if-none-match': asset.headers.etag } })).status, 304)
    }
    for (const name of ['/assets/', '/assets/nothing.css', '/assets/..%2f..%2fetc%2fpasswd', '/assets/staff/nothing.js']) {
        assert.ok([400, 404].includes((await town.client.get(name)).status), name)
    }
})

test('a path with a slash too many is redirected, unknown ones are a page in words', async () => {
    const answer = await town.client.get('/report/')
    assert.equal(answer.status, 308)
    assert.equal(answer.headers.location, '/report')
    const lost = await town.client.get('/nowhere', { headers: { 'accept-language': 'en' } })
    assert.equal(lost.status, 404)
    assert.match(lost.text, /Page not found/)
    const api = await town.client.get('/api/v1/nowhere')
    assert.equal(api.status, 404)
    assert.equal(api.json.code, 'not_found')
})

test('SIGTERM while requests run: they are answered, and the server ends in under five seconds', async () => {
    const other = await Town.start()
    const photo = jpegPhoto({ seed: 9, width: 1600, height: 1200 })
    const running = Array.from({ length: 4 }, () => other.client.report({ photo }).then((r) => r.ref, (e) => e.code ?? String(e)))
    await running[0]
    const more = Array.from({ length: 4 }, () => other.client.report({ photo }).then((r) => r.ref, (e) => e.code ?? 'refused'))
    other.child.kill('SIGTERM')
    const since = Date.now()
    const [code] = await other.ended
    assert.equal(code, 0, other.stderr())
    assert.ok(Date.now() - since < 5000)
    const acknowledged = (await Promise.all([...running, ...more])).filter((r) => /^\w{3}-\w{3}-\w{3}$/.test(r))
    await other.serve()
    const staff = await other.staff()
    for (const ref of acknowledged) await staff.case(ref)
    await other.stop()
})

test('an address in use is said plainly', async () => {
    const { code, stderr } = await towndesk(['serve', '--db', `${town.dir}/other.db`, '--listen', `127.0.0.1:${town.port}`])
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`${town.port}`))
})
