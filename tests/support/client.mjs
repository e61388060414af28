// An HTTP client that looks at every answer: it has the security fields, and what the API says is what
// web/openapi.json says that it says. So each test over HTTP is a test of both.
import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'
import { checkContract } from './contract.mjs'
import { multipart } from './form.mjs'

export class Client {
    constructor(base, { headers = {}, ca, cookies = false } = {}) {
        this.base = base
        this.headers = { ...headers }
        this.jar = cookies ? new Map() : null
        const module = base.startsWith('https:') ? https : http
        this.agent = new module.Agent({ keepAlive: true, maxSockets: 16, ca })
        this.module = module
    }

    get(path, options) { return this.request('GET', path, options) }
    post(path, options) { return this.request('POST', path, options) }
    patch(path, options) { return this.request('PATCH', path, options) }
    delete(path, options) { return this.request('DELETE', path, options) }

    // options: headers, json | fields (multipart, see form.mjs) | urlencoded (an object) | body (bytes)
    async request(method, path, { headers = {}, json, fields, urlencoded, body } = {}) {
        const sent = { ...this.headers, ...headers }
        if (json !== undefined) {
            body = Buffer.from(JSON.stringify(json))
            sent['content-type'] ??= 'application/json'
        } else if (fields) {
            const form = multipart(fields)
            body = form.body
            sent['content-type'] ??= form.type
        } else if (urlencoded) {
            body = Buffer.from(new URLSearchParams(urlencoded).toString())
            sent['content-type'] ??= 'application/x-www-form-urlencoded'
        }
        if (this.jar?.size) sent.cookie ??= [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ')
        const answer = await this.#send(method, path, sent, body)
        this.#keepCookies(answer)
        assertSecurityFields(answer, `${method} ${path}`)
        checkContract(method, path, answer)
        return answer
    }

    #send(method, path, headers, body) {
        return new Promise((resolve, reject) => {
            const url = new URL(this.base)
            const length = body || method === 'POST' || method === 'PATCH' ? { 'content-length': body?.length ?? 0 } : {}
            const request = this.module.request(
                { host: url.hostname, port: url.port, method, path, agent: this.agent, headers: { ...length, ...headers } },
                (response) => {
                    const pieces = []
                    response.on('data', (piece) => pieces.push(piece))
                    response.on('error', reject)
                    response.on('aborted', () => reject(new Error('cut off')))
                    response.on('end', () => resolve(new Answer(response, Buffer.concat(pieces))))
                },
            )
            // A kept connection that the server has closed meanwhile: asked again, as browsers do.
            const stale = (e) => e.code === 'ECONNRESET' && request.reusedSocket && method === 'GET'
            request.on('error', (e) => (stale(e) ? resolve(this.#send(method, path, headers, body)) : reject(e)))
            request.end(body)
        })
    }

    #keepCookies(answer) {
        for (const line of this.jar ? answer.cookies : []) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
            if (/max-age=0/i.test(line)) this.jar.delete(name)
            else this.jar.set(name, value)
        }
    }

    close() {
        this.agent.destroy()
    }

    // ---- what tests do all the time ----

    async report(fields, { headers, key } = {}) {
        const answer = await this.post('/api/v1/reports', {
            fields,
            headers: { ...headers, ...(key ? { 'idempotency-key': key } : {}) },
        })
        assert.equal(answer.status, 201, `${answer.status} ${answer.text}`)
        return answer.json
    }

    async case(ref) {
        const answer = await this.get(`/api/v1/cases/${ref}`)
        assert.equal(answer.status, 200, answer.text)
        return answer.json
    }

    // All pages of a list: its cases.
    async list(query = {}) {
        const cases = []
        let cursor
        do {
            const asked = new URLSearchParams({ ...query, ...(cursor ? { cursor } : {}) })
            const answer = await this.get(`/api/v1/cases?${asked}`)
            assert.equal(answer.status, 200, answer.text)
            cases.push(...answer.json.cases)
            cursor = answer.json.next_cursor
        } while (cursor)
        return cases
    }

    async change(ref, change, version) {
        version ??= (await this.case(ref)).version
        return this.patch(`/api/v1/cases/${ref}`, { json: change, headers: { 'if-match': `"${version}"` } })
    }
}

class Answer {
    constructor(response, body) {
        this.status = response.statusCode
        this.headers = response.headers
        this.raw = response.rawHeaders
        this.cookies = response.headers['set-cookie'] ?? []
        this.body = body
    }

    get text() { return this.body.toString('utf8') }
    get json() { return JSON.parse(this.text) }
    get type() { return this.headers['content-type'] ?? '' }
    get isJson() { return /[/+]json\b/.test(this.type) }
}

export function assertSecurityFields({ headers, status }, what) {
    const wanted = {
        'x-content-type-options': /^nosniff$/,
        'x-frame-options': /^DENY$/,
        'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
        'referrer-policy': /./,
        'permissions-policy': /./,
        'cross-origin-opener-policy': /^same-origin$/,
        'cross-origin-resource-policy': /./,
        'cache-control': /./,
    }
    for (const [name, value] of Object.entries(wanted)) {
        assert.match(headers[name] ?? '(absent)', value, `${what} (${status}): ${name}`)
        assert.notEqual(headers[name], undefined, `${what} (${status}) lacks ${name}`)
    }
    assert.doesNotMatch(headers['content-security-policy'], /unsafe-(inline|eval)/, what)
    assert.equal(headers.server, undefined, `${what}: a Server field helps only attackers`)
    assert.ok(headers['x-request-id'], `${what} has no id for the log`)
}
