// What attackers send. After all of it the server still answers, holds no memory for anybody, and the
// town has no case more.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town, jsonLines, rssBytes, towndeskDone } from '../support/town.mjs'
import { exchange, open, statuses } from '../support/wire.mjs'
import { jpegPhoto } from '../support/photo.mjs'

let town, staff, ref, cases, rss
before(async () => {
    town = await Town.start()
    staff = await town.staff()
    ref = (await town.client.report({ photo: jpegPhoto({ seed: 1 }), description: 'x' })).ref
    cases = await town.caseCount()
    rss = rssBytes(town.pid)
})
after(async () => {
    if (!town) return
    // Sanitizers keep freed memory in quarantine; what grows without bound grows past this as well.
    const grown = rssBytes(town.pid) - rss
    assert.equal((await town.client.get('/healthz')).status, 200)
    assert.equal(await town.caseCount(), cases)
    assert.ok(grown < 400e6, `resident memory grew by ${Math.round(grown / 1e6)} MB`)
    await town.stop()
})

const host = 'Host: 127.0.0.1\r\n'

// ---- who may ----

test('each route of the staff is closed to whoever has not signed in', async () => {
    const routes = jsonLines(await towndeskDone(['routes', '--json']))
    assert.ok(routes.some((r) => r.permission === 'staff'))
    assert.ok(routes.some((r) => r.permission === 'public'))
    for (const { method, pattern, permission } of routes) {
        const path = pattern.replace('{ref}', ref).replace(/\{\w+\}/g, 'x')
        for (const headers of [{}, { authorization: 'Bearer wrong' }, { cookie: 'towndesk=' + 'A'.repeat(43) }, { authorization: 'Basic c2F0bzpwYXNz' }]) {
            const answer = await town.client.request(method, path, { headers, ...(/P/.test(method) ? { json: {} } : {}) })
            if (permission === 'public') assert.notEqual(answer.status, 403, `${method} ${path}`)
            else assert.ok([401, 403, 303].includes(answer.status), `${method} ${path} without signing in: ${answer.status}`)
        }
    }
})

test('other methods than those of the route are refused with Allow', async () => {
    for (const [method, path, allow] of [['DELETE', '/report', /GET.*POST|POST.*GET/], ['PUT', '/healthz', /GET/], ['OPTIONS', '/api/v1/reports', /POST/], ['TRACE', '/', /GET/], ['PROPFIND', '/', /GET/]]) {
        const answer = await town.client.request(method, path)
        assert.equal(answer.status, 405, `${method} ${path}`)
        assert.match(answer.headers.allow, allow)
    }
})

// ---- other sites ----

test('what another site makes a browser send is refused', async () => {
    const origin = town.url
    const send = (headers) => town.client.post('/api/v1/reports', { urlencoded: { description: '' }, headers })
    const refused = [
        { origin: 'https://evil.example' }, { origin: 'null' }, { origin: origin + '.evil.example' }, { origin: 'http://127.0.0.1:1' },
        { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site', origin },
        { 'sec-fetch-site': 'nonsense' },
    ]
    for (const headers of refused) {
        const answer = await send(headers)
        assert.equal(answer.status, 403, JSON.stringify(headers))
        assert.equal(answer.json.code, 'cross_site')
    }
    for (const headers of [{}, { origin }, { 'sec-fetch-site': 'same-origin', origin }, { 'sec-fetch-site': 'none' }]) {
        assert.equal((await send(headers)).status, 422, JSON.stringify(headers))
    }
    const version = (await staff.case(ref)).version
    const patched = await staff.patch(`/api/v1/cases/${ref}`, { json: { title: 'stolen' }, headers: { 'if-match': '*', origin: 'https://evil.example' } })
    assert.equal(patched.status, 403)
    for (const path of ['/report', '/staff/sign-in', '/api/v1/session']) {
        assert.equal((await town.client.post(path, { urlencoded: { name: 'sato' }, headers: { 'sec-fetch-site': 'cross-site' } })).status, 403, path)
    }
    assert.equal((await staff.case(ref)).version, version)
    const answer = await town.client.get('/api/v1/town', { headers: { origin: 'https://evil.example' } })
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
})

test('a Host of somebody else does not get into any page or redirect', async () => {
    for (const name of ['evil.example', 'evil.example:80']) {
        for (const path of ['/', '/report', '/report/', `/r?ref=${ref}`, '/staff', '/staff/sign-in']) {
            const { text } = await exchange(town.port, `GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`)
            assert.ok(!text.includes('evil.example'), `${path}: ${text.slice(0, 400)}`)
        }
    }
    for (const name of ['a b', 'a/b', 'a"b', '<x>', 'a\x00b', 'é']) {
        const { text } = await exchange(town.port, Buffer.from(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`))
        assert.deepEqual(statuses(text), [400], name)
    }
})

// ---- requests that two programs would read differently ----

const post = (fields, body, path = '/api/v1/reports') => `POST ${path} HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\n${fields}\r\n${body}`
const smuggled = 'GET /healthz HTTP/1.1\r\n' + host + '\r\n'

for (const [name, bytes] of [
    ['Content-Length and Transfer-Encoding', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n' + smuggled)],
    ['Transfer-Encoding alone', post('Transfer-Encoding: chunked\r\n', '0\r\n\r\n' + smuggled)],
    ['Transfer-Encoding with odd letters', post('Transfer-Encoding: xchunked\r\n', smuggled)],
    ['Transfer-Encoding with a tab', post('Transfer-Encoding:\tchunked\r\n', '0\r\n\r\n' + smuggled)],
    ['white space before the colon', post('Transfer-Encoding : chunked\r\nContent-Length: 3\r\n', 'a=b' + smuggled)],
    ['two lengths', post('Content-Length: 3\r\nContent-Length: 4\r\n', 'a=b' + smuggled)],
    ['two equal lengths', post('Content-Length: 3\r\nContent-Length: 3\r\n', 'a=b' + smuggled)],
    ['a list of lengths', post('Content-Length: 3, 3\r\n', 'a=b' + smuggled)],
    ['a negative length', post('Content-Length: -3\r\n', smuggled)],
    ['a length with a plus', post('Content-Length: +3\r\n', 'a=b' + smuggled)],
    ['a hexadecimal length', post('Content-Length: 0x3\r\n', 'a=b' + smuggled)],
    ['a length beyond 64 bits', post('Content-Length: 18446744073709551619\r\n', 'a=b' + smuggled)],
    ['an empty length', post('Content-Length:\r\n', smuggled)],
    ['a folded line', post('Content-Length: 3\r\nX: a\r\n b\r\n', 'a=b' + smuggled)],
    ['a line without colon', post('Content-Length: 3\r\nnonsense\r\n', 'a=b' + smuggled)],
    ['bare line feeds', 'GET / HTTP/1.1\nHost: a\n\n' + smuggled],
    ['a bare carriage return in a field', post('X: a\rContent-Length: 9\r\nContent-Length: 3\r\n', 'a=b' + smuggled)],
    ['a NUL in a field', post('X: a\0b\r\nContent-Length: 3\r\n', 'a=b' + smuggled)],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n' + smuggled],
    ['two Hosts', `GET / HTTP/1.1\r\n${host}${host}\r\n` + smuggled],
    ['a whole URI', `GET http://evil.example/ HTTP/1.1\r\n${host}\r\n` + smuggled],
    ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n` + smuggled],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/9.9', `GET / HTTP/9.9\r\n${host}\r\n` + smuggled],
    ['a space in the path', `GET /a b HTTP/1.1\r\n${host}\r\n` + smuggled],
    ['two spaces', `GET  / HTTP/1.1\r\n${host}\r\n` + smuggled],
    ['a method of symbols', `G@T / HTTP/1.1\r\n${host}\r\n` + smuggled],
    ['TLS to a plain port', Buffer.from('160301020001000100', 'hex')],
]) {
    test(`refused, and the connection ends: ${name}`, async () => {
        const { text, closed, reset } = await exchange(town.port, Buffer.from(bytes), { quiet_ms: 3500 })
        const codes = statuses(text)
        assert.ok(codes.length <= 1, `answered ${codes.length} times: a request was smuggled\n${text}`)
        if (codes.length) assert.ok([400, 405, 411, 413, 414, 417, 431, 501, 505].includes(codes[0]), text.slice(0, 300))
        assert.ok(closed || reset, 'the connection stays open')
    })
}

test('a body where none is expected is not read as the next request', async () => {
    const body = smuggled
    const { text } = await exchange(town.port, `GET /healthz HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n${body}`)
    assert.equal(statuses(text).length, 1, text)
})

test('requests in one piece are answered one by one, in order', async () => {
    const { text } = await exchange(town.port, smuggled + `GET /nowhere HTTP/1.1\r\n${host}\r\n` + smuggled)
    assert.deepEqual(statuses(text), [200, 404, 200])
})

// ---- paths ----

test('no path leads out of the town', async () => {
    const outside = /root:.*:0:0|SQLite format|\[Unit\]/
    for (const path of [
        '/../../../../etc/passwd', '/assets/../../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc%2fpasswd',
        '/assets/....//etc/passwd', '/assets/%252e%252e%252fetc%252fpasswd', '/assets/staff/..\\..\\etc\\passwd', '/%c0%ae%c0%ae/etc/passwd',
        '/media/../town.db/thumb', '/town.db', '//etc/passwd', '/./etc/passwd', '/r/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '/assets/report.js%00.css',
        '/%00', '/%', '/%zz', '/%e3%81', '/%ff%fe', '/a%0d%0aSet-Cookie:x=y', '/r/%0d%0aSet-Cookie:%20x=y', '/' + 'a/'.repeat(500), '/' + 'a'.repeat(9000),
    ]) {
        const { text } = await exchange(town.port, `GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
        const [code] = statuses(text)
        assert.ok([303, 308, 400, 404, 414].includes(code), `${path.slice(0, 80)}: ${text.slice(0, 200)}`)
        assert.doesNotMatch(text, outside)
        assert.doesNotMatch(text, /^set-cookie:\s*x=y/im)
    }
})

test('queries that cannot be read harm nobody', async () => {
    for (const query of ['ref=%', 'ref=%00', 'ref=%ff', 'ref', '=', '&&&&', 'lang=%0d%0ax', 'lang=xx', 'ref=' + 'A'.repeat(7000), 'a=1&'.repeat(1500)]) {
        const answer = await town.client.get(`/r?${query}`)
        assert.ok([200, 303, 400, 404, 414].includes(answer.status), `${query.slice(0, 40)}: ${answer.status}`)
    }
})

// ---- heads ----

test('huge heads are refused', async () => {
    for (const [name, fields] of [
        ['one long field', `X: ${'a'.repeat(100000)}\r\n`],
        ['many fields', Array.from({ length: 2000 }, (_, i) => `X-${i}: a\r\n`).join('')],
        ['a long cookie', `Cookie: ${'a=b; '.repeat(10000)}\r\n`],
        ['a long name', `${'X'.repeat(20000)}: a\r\n`],
    ]) {
        const { text, reset } = await exchange(town.port, `GET / HTTP/1.1\r\n${host}${fields}\r\n`, { quiet_ms: 3500 })
        const codes = statuses(text)
        assert.ok(reset || [400, 413, 414, 431].includes(codes[0]), `${name}: ${text.slice(0, 200)}`)
    }
})

// ---- forms ----

const form = (body, type = 'multipart/form-data; boundary=B') => town.client.post('/api/v1/reports', { body: Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1'), headers: { 'content-type': type } })
const part = (head, value) => `--B\r\n${head}\r\n\r\n${value}\r\n`
const named = (name, value) => part(`Content-Disposition: form-data; name="${name}"`, value)

for (const [name, body, type] of [
    ['no end', named('description', 'x')],
    ['no boundary in the body', 'nothing of that kind'],
    ['only the end', '--B--\r\n'],
    ['a part without a name', part('Content-Disposition: form-data', 'x') + '--B--\r\n'],
    ['a part without a head', '--B\r\n\r\nx\r\n--B--\r\n'],
    ['a head that never ends', '--B\r\nContent-Disposition: form-data; name="x"' + 'a'.repeat(50000)],
    ['a head of 1,000 lines', '--B\r\n' + 'X: y\r\n'.repeat(1000) + '\r\nx\r\n--B--\r\n'],
    ['a boundary of 5,000 letters', '--B--', `multipart/form-data; boundary=${'b'.repeat(5000)}`],
    ['an empty boundary', '----\r\n', 'multipart/form-data; boundary='],
    ['200 fields', Array.from({ length: 200 }, (_, i) => named(`f${i}`, 'x')).join('') + '--B--\r\n'],
    ['a NUL in a name', named('descr\0iption', 'x') + '--B--\r\n'],
    ['a NUL in a text', named('description', 'a\0b') + '--B--\r\n'],
    ['text that is no UTF-8', named('description', 'a\xff\xfeb') + '--B--\r\n'],
    ['a quote that does not end', part('Content-Disposition: form-data; name="x', 'x') + '--B--\r\n'],
    ['bytes behind the end', '--B--\r\n' + 'x'.repeat(10000)],
    ['a million dashes', '-'.repeat(1000000)],
    ['almost boundaries', ('--B' + '\r\n-'.repeat(3)).repeat(20000)],
    ['urlencoded: %00', 'description=a%00b', 'application/x-www-form-urlencoded'],
    ['urlencoded: half an escape', 'description=%e', 'application/x-www-form-urlencoded'],
    ['urlencoded: 100,000 fields', 'a&'.repeat(100000), 'application/x-www-form-urlencoded'],
]) {
    test(`a hostile form is refused: ${name}`, async () => {
        const answer = await form(body, type)
        assert.ok([400, 413, 422].includes(answer.status), `${answer.status} ${answer.text.slice(0, 300)}`)
    })
}

test('file names are never paths, and do not get into an answer', async () => {
    for (const filename of ['../../../etc/cron.d/x', '/etc/passwd', 'a\\..\\b', 'x'.repeat(3000), '%00.jpg', '"><script>']) {
        const answer = await town.client.post('/api/v1/reports', { fields: { photo: { bytes: Buffer.from('no photo'), filename } } })
        assert.ok([400, 422].includes(answer.status), `${answer.status}`)
        assert.ok(!answer.text.includes('etc') && !answer.text.includes('<script>'))
    }
})

test('a body that is too big is refused before it is read', async () => {
    const { text } = await exchange(town.port, `POST /api/v1/reports HTTP/1.1\r\n${host}Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 900000000\r\n\r\n--B\r\n`, { quiet_ms: 2500 })
    assert.deepEqual(statuses(text), [413])
    const waiting = await exchange(town.port, `POST /api/v1/reports HTTP/1.1\r\n${host}Content-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: 900000000\r\n\r\n`, { quiet_ms: 2500 })
    assert.deepEqual(statuses(waiting.text), [413])
    const json = await staff.patch(`/api/v1/cases/${ref}`, { body: Buffer.alloc(3 << 20, 0x20), headers: { 'content-type': 'application/json', 'if-match': '*' } })
    assert.equal(json.status, 413)
})

test('a body cut short makes no case', async () => {
    const body = named('description', 'half')
    const { text } = await exchange(town.port, `POST /api/v1/reports HTTP/1.1\r\n${host}Content-Type: multipart/form-data; boundary=B\r\nContent-Length: ${body.length + 500}\r\n\r\n${body}`, { end: true, quiet_ms: 2500 })
    assert.ok(statuses(text).every((c) => c >= 400), text)
})

// ---- the slow and the many ----

test('who sends slowly holds nobody up, and is cut off', { timeout: 60000 }, async () => {
    const slowHead = await open(town.port)
    const slowBody = await open(town.port)
    const gone = (socket) => new Promise((resolve) => socket.on('close', () => resolve(Date.now())))
    const since = Date.now()
    slowHead.write(`GET / HTTP/1.1\r\n${host}X: `)
    const drip = setInterval(() => slowHead.write('a'), 1000)
    slowBody.write(`POST /api/v1/reports HTTP/1.1\r\n${host}Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 100000\r\n\r\n--B\r\n`)
    const many = await Promise.all(Array.from({ length: 100 }, () => open(town.port)))
    for (const socket of many) socket.write('GET / HT')
    const asked = Date.now()
    assert.equal((await town.client.get('/healthz')).status, 200)
    assert.ok(Date.now() - asked < 2000, 'others wait')
    for (const socket of [slowHead, slowBody, ...many]) socket.resume()
    const ends = await Promise.all([gone(slowHead), gone(slowBody)])
    clearInterval(drip)
    for (const socket of many) socket.destroy()
    assert.ok(ends[0] - since < 16000, `a slow head lived for ${ends[0] - since} ms`)
    assert.ok(ends[1] - since < 30000, `a silent body lived for ${ends[1] - since} ms`)
})

test('200 connections that say nothing do not keep others waiting', async () => {
    const idle = await Promise.all(Array.from({ length: 200 }, () => open(town.port))) // of 128 workers
    const since = Date.now()
    assert.equal((await town.visitor().get('/healthz')).status, 200)
    const waited = Date.now() - since
    for (const socket of idle) socket.destroy()
    assert.ok(waited < 3000, `somebody waited for ${waited} ms`)
})

test('the log has neither names nor what people wrote', async () => {
    cases++
    await town.client.report({ description: 'a secret sentence', contact_name: 'Hanako Secret', contact_email: 'hanako@secret.example', contact_phone: '090-1234-5678' })
    await town.client.post('/api/v1/session', { json: { name: 'sato', password: 'a wrong secret password' } })
    await town.client.get('/r?ref=secret-query')
    assert.doesNotMatch(town.stderr(), /secret/i)
})
