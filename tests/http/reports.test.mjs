// POST /api/v1/reports: what becomes of photos, places and words; what is refused, and that nothing of
// it is stored.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town } from '../support/town.mjs'
import { gpsOf, heicPhoto, jpegPhoto, pngPhoto, sha256, webpPhoto } from '../support/photo.mjs'

let town, staff
before(async () => {
    town = await Town.start()
    staff = await town.staff()
})
after(() => town?.stop())

const near = (position, lat, lon, what) => {
    assert.ok(Math.abs(position.lat - lat) < 1e-5 && Math.abs(position.lon - lon) < 1e-5, `${what ?? ''} ${JSON.stringify(position)}`)
}

test('a report with a photo becomes a case with everything that was said', async () => {
    const photo = jpegPhoto({ seed: 11, lat: 35.681236, lon: 139.767125, takenAt: '2026:11:20 16:38:10', offset: '+09:00', make: 'Phone' })
    const made = await town.client.report({
        photo, description: '市道路面が陥没しています。', category: 'road', address: '中央公園の東門',
        contact_name: '山田 花子', contact_email: 'hanako@example.jp', contact_phone: '03-0000-0000', locale: 'ja',
    })
    assert.equal(made.status, 'new')
    assert.equal(made.url, `/r/${made.ref}`)
    near(made.location, 35.681236, 139.767125)
    assert.equal(made.location.source, 'exif')
    assert.equal(made.location.conflict, false)
    assert.equal(made.photos.length, 1)
    assert.equal(made.photos[0].sha256, sha256(photo))
    assert.equal(made.photos[0].location, 'exif')
    assert.equal(made.photos[0].notice, null)

    const found = await staff.case(made.ref)
    assert.equal(found.description, '市道路面が陥没しています。')
    assert.equal(found.category.code, 'road')
    assert.equal(found.department.code, 'roads')
    assert.equal(found.address, '中央公園の東門')
    assert.equal(found.origin, 'api')
    assert.deepEqual(found.contact, { name: '山田 花子', email: 'hanako@example.jp', phone: '03-0000-0000' })
    assert.equal(found.events[0].kind, 'reported')
    const [kept] = found.photos
    assert.deepEqual(
        [kept.sha256, kept.bytes, kept.format, kept.width, kept.height, kept.taken_at, kept.can_show],
        [sha256(photo), photo.length, 'jpeg', 480, 360, '2026-11-20T16:38:10+09:00', true],
    )
})

test('a report without a photo needs words alone', async () => {
    const made = await town.client.report({ description: 'The street light at the corner is dark.', locale: 'en' })
    assert.deepEqual(made.photos, [])
    assert.deepEqual(made.location, { lat: null, lon: null, source: 'none', accuracy_m: null, conflict: false })
    const found = await staff.case(made.ref)
    assert.equal(found.locale, 'en')
    assert.equal(found.contact, null)
    assert.equal(found.location.exif, null)
    assert.equal(found.location.given, null)
})

test('urlencoded forms are taken as well', async () => {
    const answer = await town.client.post('/api/v1/reports', { urlencoded: { description: '街灯が消えている & 暗い', lat: '35.1', lon: '139.2' } })
    assert.equal(answer.status, 201, answer.text)
    assert.equal(answer.headers.location, answer.json.url)
    assert.equal((await staff.case(answer.json.ref)).description, '街灯が消えている & 暗い')
})

test('five photos keep their order and their own facts', async () => {
    const photos = [21, 22, 23, 24, 25].map((seed) => jpegPhoto({ seed, orientation: seed === 23 ? 6 : 1 }))
    const made = await town.client.report({ photo: photos })
    assert.deepEqual(made.photos.map((p) => p.sha256), photos.map(sha256))
    const found = await staff.case(made.ref)
    assert.deepEqual(found.photos.map((p) => p.position), [1, 2, 3, 4, 5])
    assert.deepEqual(found.photos.map((p) => p.orientation), [1, 1, 6, 1, 1])
})

test('an empty file control, as browsers send it, is no photo', async () => {
    const made = await town.client.report({ photo: { bytes: Buffer.alloc(0), filename: '', type: 'application/octet-stream' }, description: 'x' })
    assert.deepEqual(made.photos, [])
})

for (const [name, photo, format] of [
    ['PNG', pngPhoto({ seed: 31, lat: 35.5, lon: 139.5 }), 'png'],
    ['WebP', webpPhoto(), 'webp'],
]) {
    test(`${name} is accepted and shown`, async () => {
        const made = await town.client.report({ photo: { bytes: photo, filename: `a.${format}`, type: `image/${format}` } })
        const found = await staff.case(made.ref)
        assert.equal(found.photos[0].format, format)
        assert.equal(found.photos[0].can_show, true)
        const thumb = await town.client.get(made.photos[0].thumb_url)
        assert.equal(thumb.type, 'image/jpeg')
        if (format === 'png') near(made.location, 35.5, 139.5)
    })
}

test('HEIC is kept and located, and the answer says that it cannot be shown', async () => {
    const photo = heicPhoto({ lat: 35.123456, lon: 139.654321 })
    const send = (locale) => town.client.report({ photo: { bytes: Buffer.concat([photo, Buffer.from(locale)]), filename: 'a.heic', type: 'image/heic' }, locale })
    const made = await send('en')
    near(made.location, 35.123456, 139.654321)
    assert.equal(made.location.source, 'exif')
    assert.equal(made.photos[0].thumb_url, null)
    assert.match(made.photos[0].notice, /cannot be shown/)
    assert.match((await send('ja')).photos[0].notice, /表示/)
    const [kept] = (await staff.case(made.ref)).photos
    assert.equal(kept.format, 'heic')
    assert.equal(kept.can_show, false)
    const original = await staff.get(kept.original_url)
    assert.equal(sha256(original.body), kept.sha256)
})

// ---- places: a pin or an address before EXIF, EXIF before the device ----

const exifAt = { lat: 35.6, lon: 139.7 }
const given = (source, lat, lon, more) => ({ description: 'x', lat, lon, location_source: source, ...more })
let nextSeed = 100

for (const { name, fields, source, lat, lon, conflict, photo = true } of [
    { name: 'a pin counts before EXIF', fields: given('pin', 35.6003, 139.7), source: 'pin', lat: 35.6003, lon: 139.7, conflict: false },
    { name: 'an address counts before EXIF', fields: given('address', 35.6, 139.7012), source: 'address', lat: 35.6, lon: 139.7012, conflict: false },
    { name: 'EXIF counts before the device', fields: given('device', 35.6005, 139.7, { accuracy_m: 12 }), source: 'exif', lat: 35.6, lon: 139.7, conflict: false },
    { name: 'a pin 1 km away disagrees', fields: given('pin', 35.609, 139.7), source: 'pin', lat: 35.609, lon: 139.7, conflict: true },
    { name: 'a device 1 km away disagrees', fields: given('device', 35.609, 139.7), source: 'exif', lat: 35.6, lon: 139.7, conflict: true },
    { name: '190 m are no disagreement', fields: given('pin', 35.6 + 190 / 111195, 139.7), source: 'pin', lat: 35.6 + 190 / 111195, lon: 139.7, conflict: false },
    { name: '210 m are one', fields: given('pin', 35.6 + 210 / 111195, 139.7), source: 'pin', lat: 35.6 + 210 / 111195, lon: 139.7, conflict: true },
    { name: 'the device counts where there is nothing else', fields: given('device', 35.25, 139.25, { accuracy_m: 12 }), photo: false, source: 'device', lat: 35.25, lon: 139.25, conflict: false },
    { name: 'a position that nobody explains is a pin', fields: given(undefined, 35.25, 139.26), photo: false, source: 'pin', lat: 35.25, lon: 139.26, conflict: false },
]) {
    test(name, async () => {
        const made = await town.client.report({ ...fields, ...(photo ? { photo: jpegPhoto({ seed: nextSeed++, ...exifAt }) } : {}) })
        near(made.location, lat, lon, name)
        assert.equal(made.location.source, source)
        assert.equal(made.location.conflict, conflict)
        const { location } = await staff.case(made.ref)
        assert.equal(location.conflict, conflict)
        near(location.given, Number(fields.lat), Number(fields.lon))
        assert.equal(location.given.source, fields.location_source ?? 'pin')
        if (photo) near(location.exif, exifAt.lat, exifAt.lon)
        if (source === 'device') assert.equal(location.accuracy_m, 12)
    })
}

const rational = (n, d) => [n, d]
for (const { name, tags } of [
    { name: '0/0, which phones write for "unknown"', tags: { lat: 0, lon: 0 } },
    { name: 'out of range', tags: { gps: [[1, 'ascii', 'N'], [2, 'rationals', [rational(95, 1), rational(0, 1), rational(0, 1)]], [3, 'ascii', 'E'], [4, 'rationals', [rational(10, 1), rational(0, 1), rational(0, 1)]]] } },
    { name: 'zero denominators', tags: { gps: [[1, 'ascii', 'N'], [2, 'rationals', [rational(35, 0), rational(0, 0), rational(0, 0)]], [3, 'ascii', 'E'], [4, 'rationals', [rational(139, 0), rational(0, 0), rational(0, 0)]]] } },
    { name: 'no reference of north and east', tags: { gps: gpsOf(35.5, 139.5).filter(([tag]) => tag === 2 || tag === 4) } },
]) {
    test(`a position that is no place is not used: ${name}`, async () => {
        const made = await town.client.report({ photo: jpegPhoto({ seed: nextSeed++, ...tags }) })
        assert.equal(made.photos[0].location, 'invalid')
        assert.equal(made.location.source, 'none')
        assert.equal(made.location.lat, null)
    })
}

test('south and west have their signs, in both byte orders', async () => {
    for (const bigEndian of [false, true]) {
        const made = await town.client.report({ photo: jpegPhoto({ seed: nextSeed++, lat: -34.60372, lon: -58.38159, bigEndian }) })
        near(made.location, -34.60372, -58.38159)
    }
})

// ---- what is refused ----

const goodJpeg = jpegPhoto({ seed: 41 })
const refusals = [
    { name: 'neither photo nor words', fields: { category: 'road' }, at: ['description', 'missing'] },
    { name: 'blanks alone', fields: { description: ' \n\t　' }, at: ['description', 'missing'] },
    { name: 'a text file', fields: { photo: Buffer.from('this is no photo at all\n'.repeat(20)) }, at: ['photo', 'unknown_format'] },
    { name: 'a GIF', fields: { photo: Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64') }, at: ['photo', 'unknown_format'] },
    { name: 'an SVG', fields: { photo: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') }, at: ['photo', 'unknown_format'] },
    { name: 'an empty photo with a name', fields: { photo: { bytes: Buffer.alloc(0), filename: 'a.jpg' } }, at: ['photo', /empty|unknown_format/] },
    { name: 'a JPEG cut off in its head', fields: { photo: goodJpeg.subarray(0, 300) }, at: ['photo', 'damaged'] },
    { name: 'a JPEG of 65,535 pixels squared', fields: { photo: withSize(goodJpeg, 65535, 65535) }, at: ['photo', 'too_many_pixels'] },
    { name: 'six photos', fields: { photo: Array(6).fill(goodJpeg) }, at: ['photo', 'too_many'] },
    { name: 'a photo over 20 MB', fields: { photo: Buffer.concat([goodJpeg, Buffer.alloc(20 << 20)]) }, at: ['photo', 'too_many_bytes'] },
    { name: '4,001 characters', fields: { description: '穴'.repeat(4001) }, at: ['description', 'too_long'] },
    { name: 'an address of 301', fields: { description: 'x', address: 'a'.repeat(301) }, at: ['address', 'too_long'] },
    { name: 'an unknown category', fields: { description: 'x', category: 'nonsense' }, at: ['category', 'unknown'] },
    { name: 'no e-mail address', fields: { description: 'x', contact_email: 'nobody' }, at: ['contact_email', 'not_an_address'] },
    { name: 'a latitude of 91', fields: { description: 'x', lat: 91, lon: 0 }, at: ['lat', 'out_of_range'] },
    { name: 'a latitude of NaN', fields: { description: 'x', lat: 'NaN', lon: 0 }, at: ['lat', 'not_a_number'] },
    { name: 'half a position', fields: { description: 'x', lat: 35 }, at: ['lon', 'missing'] },
    { name: 'EXIF as a source that a sender claims', fields: { description: 'x', lat: 35, lon: 139, location_source: 'exif' }, at: ['location_source', 'unknown_value'] },
]

// The same JPEG with another size in its frame header.
function withSize(photo, width, height) {
    const out = Buffer.from(photo)
    for (let at = 2; at < out.length; at += 2 + out.readUInt16BE(at + 2)) {
        if (out[at + 1] !== 0xc0) continue
        out.writeUInt16BE(height, at + 5)
        out.writeUInt16BE(width, at + 7)
        return out
    }
    throw new Error('no frame header')
}

for (const { name, fields, at } of refusals) {
    test(`refused, and nothing stored: ${name}`, async () => {
        const before = await town.caseCount()
        const answer = await town.client.post('/api/v1/reports', { fields })
        assert.equal(answer.status, 422, answer.text)
        assert.equal(answer.json.code, 'invalid')
        const [problem] = answer.json.problems
        assert.equal(problem.field, at[0], answer.text)
        assert.match(problem.code, at[1] instanceof RegExp ? at[1] : new RegExp(`^${at[1]}$`))
        assert.ok(problem.message.length > 3)
        assert.equal(await town.caseCount(), before)
    })
}

test('one bad photo among good ones is named, and none of them stored', async () => {
    const before = await town.caseCount()
    const answer = await town.client.post('/api/v1/reports', { fields: { photo: [goodJpeg, Buffer.from('no photo'), jpegPhoto({ seed: 42 })] } })
    assert.equal(answer.status, 422)
    assert.deepEqual([answer.json.problems[0].field, answer.json.problems[0].index], ['photo', 1])
    assert.equal(await town.caseCount(), before)
})

test('several mistakes are all named', async () => {
    const answer = await town.client.post('/api/v1/reports', { fields: { lat: 'x', lon: 200, accuracy_m: -1, location_source: 'moon' } })
    assert.deepEqual(answer.json.problems.map((p) => [p.field, p.code]).sort(), [
        ['accuracy_m', 'out_of_range'], ['lat', 'not_a_number'], ['location_source', 'unknown_value'], ['lon', 'out_of_range'],
    ])
})

test('exactly 4,000 characters are fine', async () => {
    const text = '穴'.repeat(4000)
    const made = await town.client.report({ description: text })
    assert.equal((await staff.case(made.ref)).description, text)
})

test('problems come in the language asked for, with the same codes', async () => {
    const ask = async (headers, query = '', locale) => {
        const answer = await town.client.post(`/api/v1/reports${query}`, { fields: { category: 'nonsense', description: 'x', ...(locale ? { locale } : {}) }, headers })
        assert.equal(answer.json.problems[0].code, 'unknown')
        return answer.json.problems[0].message
    }
    const japanese = /[぀-ヿ一-鿿]/
    const english = /^[\x20-\x7e]+$/
    assert.match(await ask({}), japanese)
    assert.match(await ask({ 'accept-language': 'en-GB,en;q=0.9' }), english)
    assert.match(await ask({ 'accept-language': 'fr, ja;q=0.5' }), japanese)
    assert.match(await ask({ 'accept-language': 'ja' }, '?lang=en'), english)
    assert.match(await ask({ 'accept-language': 'ja' }, '', 'en'), english)
})

test('a form that cannot be read is malformed, not a report', async () => {
    const before = await town.caseCount()
    for (const [type, body] of [
        ['multipart/form-data', 'x'],
        ['multipart/form-data; boundary=a', '--a\r\nno headers'],
        ['application/json', '{"description":"x"}'],
        ['text/plain', 'description=x'],
    ]) {
        const answer = await town.client.post('/api/v1/reports', { body: Buffer.from(body), headers: { 'content-type': type } })
        assert.equal(answer.status, 400, `${type}: ${answer.text}`)
        assert.equal(answer.json.code, 'malformed')
    }
    assert.equal(await town.caseCount(), before)
})

test('words come out as they went in, markup and all', async () => {
    const text = `<script>alert("1")</script> & 'quotes' "double" \\ 髙﨑 𠮷野家 👷‍♀️ naïve`
    const made = await town.client.report({ description: text })
    assert.equal((await staff.case(made.ref)).description, text)
    const page = await town.client.get(made.url)
    assert.doesNotMatch(page.text, /<script>alert/)
    assert.match(page.text, /&lt;script&gt;alert/)
})
