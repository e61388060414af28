// Photos as they are given out: small pictures for all, without a trace of metadata; originals, byte by
// byte, for the staff alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import jpeg from 'jpeg-js'
import { Town } from '../support/town.mjs'
import { jpegPhoto, sha256 } from '../support/photo.mjs'

let town, staff, photo, kept
before(async () => {
    town = await Town.start()
    staff = await town.staff()
    photo = jpegPhoto({ seed: 5, width: 1000, height: 600, lat: 35.5, lon: 139.5, orientation: 6, make: 'SecretPhone' })
    const { ref } = await town.client.report({ photo })
    ;[kept] = (await staff.case(ref)).photos
})
after(() => town?.stop())

for (const rendition of ['thumb', 'screen']) {
    test(`${rendition}: for everybody, upright, without metadata`, async () => {
        const answer = await town.client.get(`/media/${kept.id}/${rendition}`)
        assert.equal(answer.status, 200)
        assert.equal(answer.type, 'image/jpeg')
        assert.match(answer.headers['cache-control'], /public.*immutable/)
        assert.equal(answer.headers.etag, `"${sha256(answer.body)}"`)
        const { width, height } = jpeg.decode(answer.body)
        assert.ok(height > width, `${width} × ${height} lies on its side`)
        assert.ok(Math.abs(width / height - 0.6) < 0.01, `${width} × ${height}`)
        if (rendition === 'thumb') assert.ok(Math.max(width, height) >= 380 && Math.max(width, height) <= 420, `${width} × ${height}`)
        else assert.ok(Math.max(width, height) <= 1600)
        for (const trace of ['Exif', 'SecretPhone', 'http://ns.adobe.com', 'GPS', 'Photoshop']) assert.ok(!answer.body.includes(trace), trace)
        const segments = []
        for (let at = 2; answer.body[at] === 0xff && answer.body[at + 1] !== 0xda; at += 2 + answer.body.readUInt16BE(at + 2)) segments.push(answer.body[at + 1])
        assert.ok(segments.every((m) => m < 0xe1 || m > 0xef), `APPn segments: ${segments.map((m) => m.toString(16))}`)
        assert.ok(!segments.includes(0xfe), 'a comment')
    })
}

test('the original: not for the public, the very bytes for staff', async () => {
    const path = `/media/${kept.id}/original`
    const outside = await town.client.get(path)
    assert.ok([401, 404].includes(outside.status))
    assert.ok(!outside.body.includes(photo.subarray(0, 64)))
    const inside = await staff.get(path)
    assert.equal(inside.status, 200)
    assert.deepEqual(inside.body, photo)
    assert.equal(inside.headers.etag, `"${sha256(photo)}"`)
    assert.match(inside.headers['cache-control'], /no-store/)
})

test('ranges: a part, the end, what lies outside', async () => {
    const path = `/media/${kept.id}/original`
    const part = async (range) => staff.get(path, { headers: { range } })
    const n = photo.length
    for (const [range, from, to] of [['bytes=0-0', 0, 0], ['bytes=100-299', 100, 299], [`bytes=${n - 5}-`, n - 5, n - 1], ['bytes=-7', n - 7, n - 1], [`bytes=10-${n + 100}`, 10, n - 1], ['bytes=0-', 0, n - 1]]) {
        const answer = await part(range)
        assert.equal(answer.status, 206, range)
        assert.equal(answer.headers['content-range'], `bytes ${from}-${to}/${n}`)
        assert.deepEqual(answer.body, photo.subarray(from, to + 1))
    }
    for (const range of [`bytes=${n}-`, `bytes=${n + 5}-${n + 9}`, 'bytes=-0']) {
        const answer = await part(range)
        assert.equal(answer.status, 416, range)
        assert.equal(answer.headers['content-range'], `bytes */${n}`)
    }
    for (const range of ['bytes=5-2', 'lines=1-2', 'bytes=', 'bytes=a-b', 'bytes=0-1,5-6', `bytes=0-${'9'.repeat(40)}`]) {
        const answer = await part(range)
        assert.ok([200, 206, 416].includes(answer.status), `${range}: ${answer.status}`)
        if (answer.status === 200) assert.deepEqual(answer.body, photo)
    }
})

test('If-Range with another ETag gives all of it', async () => {
    const answer = await staff.get(`/media/${kept.id}/original`, { headers: { range: 'bytes=0-9', 'if-range': '"something else"' } })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, photo)
})

test('If-None-Match: 304 without a body', async () => {
    for (const rendition of ['thumb', 'screen']) {
        const path = `/media/${kept.id}/${rendition}`
        const { etag } = (await town.client.get(path)).headers
        for (const asked of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
            const answer = await town.client.get(path, { headers: { 'if-none-match': asked } })
            assert.equal(answer.status, 304, asked)
            assert.equal(answer.body.length, 0)
        }
        assert.equal((await town.client.get(path, { headers: { 'if-none-match': '"other"' } })).status, 200)
    }
})

test('HEAD says what GET would', async () => {
    const path = `/media/${kept.id}/thumb`
    const get = await town.client.get(path)
    const head = await town.client.request('HEAD', path)
    assert.equal(head.status, 200)
    assert.equal(head.body.length, 0)
    for (const name of ['content-length', 'content-type', 'etag', 'cache-control']) assert.equal(head.headers[name], get.headers[name], name)
})

test('unknown photos and renditions are 404', async () => {
    for (const path of [`/media/${kept.id}/huge`, '/media/nothing/thumb', `/media/${'A'.repeat(22)}/thumb`, '/media/1/original', `/media/${kept.id}`, `/media/${kept.id}/thumb/x`, `/media/${kept.id.toLowerCase()}x/thumb`]) {
        assert.equal((await staff.get(path)).status, 404, path)
    }
})

test('two readers at once, one of whom goes away, disturb nobody', async () => {
    const path = `/media/${kept.id}/original`
    const leaving = Array.from({ length: 8 }, () => staff.get(path).catch(() => null))
    const others = Array.from({ length: 8 }, () => town.client.get(`/media/${kept.id}/thumb`))
    for (const answer of await Promise.all(others)) assert.equal(answer.status, 200)
    for (const answer of await Promise.all(leaving)) assert.deepEqual(answer.body, photo)
})
