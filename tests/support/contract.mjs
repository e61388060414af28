// Holds answers against web/openapi.json (OpenAPI 3.1, so its schemas are JSON Schema 2020-12). An
// answer of a path that is described must have a described status, type and shape.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const file = new URL('../../web/openapi.json', import.meta.url)
export const openapi = JSON.parse(readFileSync(file, 'utf8'))

const ajv = new Ajv2020.default({ allErrors: true, strict: false, validateFormats: true })
addFormats.default(ajv)
ajv.addFormat('binary', true)
ajv.addFormat('password', true)
ajv.addSchema({ ...openapi, $id: 'openapi' })

// What the server itself may say to a request for any path, before the operation is asked.
const ANYWHERE = new Set([400, 401, 403, 404, 405, 411, 413, 414, 417, 431, 500, 503])

const patterns = Object.entries(openapi.paths).map(([path, operations]) => ({
    path,
    operations,
    regexp: new RegExp('^' + path.replace(/\{[^}]+\}/g, '[^/]+') + '$'),
}))

const pointer = (...keys) => 'openapi#/' + keys.map((k) => encodeURIComponent(String(k).replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')

export const seen = new Set() // 'get /api/v1/board 200', for a test that counts what was covered

export function checkContract(method, target, answer) {
    const path = target.split('?')[0]
    const known = patterns.find((p) => p.regexp.test(path))
    const name = method === 'HEAD' ? 'get' : method.toLowerCase()
    const operation = known?.operations[name]
    if (!operation) {
        if (path.startsWith('/api/') && answer.status >= 400) validate(pointer('components', 'schemas', 'Problem'), answer, `${method} ${path}`)
        return
    }
    const what = `${method} ${known.path} ${answer.status}`
    let described = operation.responses[answer.status]
    if (!described) {
        assert.ok(ANYWHERE.has(answer.status), `${what} is not in openapi.json: ${answer.text.slice(0, 500)}`)
        if (answer.isJson) validate(pointer('components', 'schemas', 'Problem'), answer, what)
        return
    }
    seen.add(`${name} ${known.path} ${answer.status}`)
    let at = pointer('paths', known.path, name, 'responses', answer.status)
    if (described.$ref) {
        at = 'openapi' + described.$ref
        described = described.$ref.slice(2).split('/').reduce((o, k) => o[k], openapi)
    }
    for (const header of Object.keys(described.headers ?? {})) {
        assert.ok(answer.headers[header.toLowerCase()], `${what} lacks ${header}`)
    }
    if (!described.content || method === 'HEAD') return
    const type = answer.type.split(';')[0]
    const matching = Object.keys(described.content).find((t) => t === type || (t.endsWith('/*') && type.startsWith(t.slice(0, -1))))
    assert.ok(matching, `${what}: type ${type} is not described`)
    if (described.content[matching].schema && answer.isJson) {
        validate(`${at}/content/${encodeURIComponent(matching.replace('/', '~1'))}/schema`, answer, what)
    }
}

function validate(at, answer, what) {
    const check = ajv.getSchema(at)
    assert.ok(check, `there is no ${at}`)
    assert.ok(answer.isJson, `${what}: ${answer.type} where JSON was promised: ${answer.text.slice(0, 300)}`)
    const value = answer.json
    assert.ok(check(value), `${what} is not as openapi.json says: ${ajv.errorsText(check.errors)}\n${answer.text.slice(0, 2000)}`)
}
