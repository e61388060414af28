// Idempotency-Key: the same report sent again is the same case and the same bytes, whatever happened in
// between. A resident whose train enters a tunnel sends twice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { randomUUID } from 'node:crypto'
import { Town } from '../support/town.mjs'
import { jpegPhoto } from '../support/photo.mjs'

let town
before(async () => (town = await Town.start()))
after(() => town?.stop())

const photo = jpegPhoto({ seed: 3, lat: 35.5, lon: 139.5 })
const send = (key, fields, headers) => town.client.post('/api/v1/reports', { fields, headers: { 'idempotency-key': key, ...headers } })

test('the same key and report: the same answer byte by byte, one case', async () => {
    const key = randomUUID()
    const fields = { photo, description: '穴', category: 'road' }
    const before = await town.caseCount()
    const first = await send(key, fields)
    const second = await send(key, fields)
    assert.equal(first.status, 201)
    assert.equal(second.status, 201)
    assert.deepEqual(second.body, first.body)
    assert.equal(second.headers.location, first.headers.location)
    assert.equal(await town.caseCount(), before + 1)
})

test('the answer stays the first one after staff have worked on the case', async () => {
    const key = randomUUID()
    const first = await send(key, { description: 'dark light' })
    const staff = await town.staff()
    assert.equal((await staff.change(first.json.ref, { status: 'checking' })).status, 200)
    assert.deepEqual((await send(key, { description: 'dark light' })).body, first.body)
})

for (const [name, other] of [
    ['other words', { description: 'b' }],
    ['a photo more', { description: 'a', photo }],
    ['another place', { description: 'a', lat: 35, lon: 139 }],
    ['another name', { description: 'a', contact_name: 'b' }],
]) {
    test(`the same key with ${name} is refused`, async () => {
        const key = randomUUID()
        assert.equal((await send(key, { description: 'a' })).status, 201)
        const before = await town.caseCount()
        const answer = await send(key, other)
        assert.ok([409, 422].includes(answer.status), answer.text)
        assert.equal(answer.json.code, 'idempotency_key_reused')
        assert.equal(await town.caseCount(), before)
    })
}

test('a refused report does not use its key up', async () => {
    const key = randomUUID()
    assert.equal((await send(key, { description: '' })).status, 422)
    assert.equal((await send(key, { description: 'now with words' })).status, 201)
})

test('eight at once with one key are one case', async () => {
    const key = randomUUID()
    const before = await town.caseCount()
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(key, { photo, description: 'at once' })))
    assert.deepEqual(answers.map((a) => a.status), Array(8).fill(201))
    assert.equal(new Set(answers.map((a) => a.text)).size, 1)
    assert.equal(await town.caseCount(), before + 1)
})

test('without a key, sending twice makes two', async () => {
    const before = await town.caseCount()
    await town.client.report({ description: 'twice' })
    await town.client.report({ description: 'twice' })
    assert.equal(await town.caseCount(), before + 2)
})

test('keys of odd lengths are refused, keys of odd letters are not', async () => {
    assert.equal((await send('k'.repeat(256), { description: 'x' })).status, 422)
    assert.equal((await send('k'.repeat(255), { description: 'x' })).status, 201)
    assert.equal((await send(`"8e03978e-40d5-43e8-bc93-6894a57f9324" '; DROP`, { description: 'x' })).status, 201)
})

test('after a restart, and after kill -9, the first answer still stands', async () => {
    const key = randomUUID()
    const fields = { photo, description: 'before the lights went out' }
    const first = await send(key, fields)
    await town.restart()
    assert.deepEqual((await send(key, fields)).body, first.body)
    const late = randomUUID()
    const acknowledged = await send(late, fields)
    await town.kill()
    await town.serve()
    const before = await town.caseCount()
    assert.deepEqual((await send(key, fields)).body, first.body)
    assert.deepEqual((await send(late, fields)).body, acknowledged.body)
    assert.equal(await town.caseCount(), before)
})
