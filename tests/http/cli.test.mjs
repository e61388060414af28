// The command line as a person or a script meets it: photo, ingest, backup, verify, restore, staff, and
// the exit codes 0 done, 1 failed, 2 wrong use.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { Town, folder, jsonLines, towndesk, towndeskDone } from '../support/town.mjs'
import { heicPhoto, jpegPhoto, pngPhoto, sha256, webpPhoto } from '../support/photo.mjs'
import { badPhotos, goodPhotos, missing, truth } from '../support/shared.mjs'

const FIELDS = ['file', 'bytes', 'sha256', 'format', 'width', 'height', 'orientation', 'lat', 'lon', 'location', 'taken_at', 'hash', 'hash_quality', 'error']

function checkLine(line, file) {
    assert.deepEqual(Object.keys(line), FIELDS)
    assert.equal(line.file, file)
    assert.match(line.format, /^(jpeg|png|webp|heic|unknown)$/)
    assert.match(line.location, /^(exif|none|invalid)$/)
    assert.equal(line.lat === null, line.lon === null)
    assert.equal(line.lat !== null, line.location === 'exif')
    if (line.hash !== null) assert.match(line.hash, /^[0-9a-f]{64}$/)
    if (line.taken_at !== null) assert.match(line.taken_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?$/)
    if (line.error !== null) {
        assert.match(line.error.code, /^[a-z_]+$/)
        assert.ok(line.error.message.length > 5)
    }
}

// ---- photo ----

test('photo: a line for each file, in order, bad ones among them', async (t) => {
    const dir = folder(t)
    const files = Object.entries({
        'a.jpg': jpegPhoto({ seed: 1, lat: 35.681236, lon: 139.767125, orientation: 6, takenAt: '2026:11:20 16:38:10', offset: '+09:00' }),
        'empty.jpg': Buffer.alloc(0),
        'b.png': pngPhoto({ seed: 2 }),
        'text.jpg': Buffer.from('no photo'),
        'c.webp': webpPhoto(),
        'd.heic': heicPhoto({ lat: -35, lon: -70 }),
        'cut.jpg': jpegPhoto({ seed: 3 }).subarray(0, 200),
        'e f ü 写真.jpg': jpegPhoto({ seed: 4 }),
    }).map(([name, bytes]) => {
        writeFileSync(join(dir, name), bytes)
        return join(dir, name)
    })
    files.splice(3, 0, join(dir, 'is not there.jpg'))
    const { code, stdout } = await towndesk(['photo', '--thumb', dir, ...files])
    assert.equal(code, 1, 'one file could not be read')
    const lines = jsonLines(stdout)
    assert.equal(lines.length, files.length)
    lines.forEach((line, i) => checkLine(line, files[i]))
    const by = Object.fromEntries(lines.map((l) => [basename(l.file), l]))
    assert.ok(Math.abs(by['a.jpg'].lat - 35.681236) < 1e-9 && Math.abs(by['a.jpg'].lon - 139.767125) < 1e-9)
    assert.deepEqual([by['a.jpg'].orientation, by['a.jpg'].taken_at], [6, '2026-11-20T16:38:10+09:00'])
    assert.deepEqual([by['a.jpg'].width, by['a.jpg'].height], [480, 360])
    assert.equal(by['a.jpg'].sha256, sha256(readFileSync(join(dir, 'a.jpg'))))
    assert.deepEqual(['b.png', 'c.webp', 'd.heic'].map((n) => by[n].format), ['png', 'webp', 'heic'])
    assert.equal(by['d.heic'].lat, -35)
    for (const bad of ['empty.jpg', 'text.jpg', 'cut.jpg', 'is not there.jpg']) assert.ok(by[bad].error, bad)
    for (const good of ['a.jpg', 'b.png', 'c.webp', 'e f ü 写真.jpg']) {
        assert.equal(by[good].error, null)
        const thumb = readFileSync(join(dir, `${by[good].sha256}.jpg`))
        assert.deepEqual(thumb.subarray(0, 3), Buffer.from([0xff, 0xd8, 0xff]))
        assert.ok(!thumb.includes('Exif'))
    }
    assert.equal(readdirSync(dir).filter((n) => /^[0-9a-f]{64}\.jpg$/.test(n)).length, 4)
})

test("photo: real photos' positions are an independent reader's, and none is invented", { skip: missing }, async () => {
    const lines = jsonLines(await towndeskDone(['photo', ...goodPhotos()]))
    assert.equal(lines.length, goodPhotos().length)
    const known = truth()
    let compared = 0
    for (const line of lines) {
        checkLine(line, line.file)
        const wanted = known.get(basename(line.file))
        if (!wanted) continue
        compared++
        const said = `${wanted.path}: ${line.lat}, ${line.lon} (${line.location})`
        const near = () => Math.abs(line.lat - wanted.expect_lat) <= 1e-5 && Math.abs(line.lon - wanted.expect_lon) <= 1e-5
        if (wanted.expect_class === 'MUST') assert.ok(line.lat !== null && near(), said)
        if (wanted.expect_class === 'MAY') assert.ok(line.lat === null || near(), said)
        if (/^(NONE|MUST_NOT)$/.test(wanted.expect_class)) assert.equal(line.lat, null, said)
        if (/^[1-8]$/.test(wanted.orientation)) assert.equal(line.orientation, Number(wanted.orientation), wanted.path)
        if (wanted.width) assert.deepEqual([line.width, line.height], [Number(wanted.width), Number(wanted.height)], wanted.path)
        assert.equal(line.sha256, wanted.sha256)
    }
    assert.ok(compared >= 40, `${compared} were compared`)
})

test('photo: hostile files are answered with a line each', { skip: missing }, async () => {
    const files = badPhotos()
    const { code, signal, stdout } = await towndesk(['photo', ...files])
    assert.equal(signal, null)
    assert.ok(code === 0 || code === 1)
    const lines = jsonLines(stdout)
    assert.equal(lines.length, files.length)
    lines.forEach((line, i) => checkLine(line, files[i]))
})

// ---- ingest ----

test('ingest: a case for each photo, once, however often it is run', async (t) => {
    const town = await Town.start({ dir: folder(t) })
    const archive = folder(t)
    mkdirSync(join(archive, 'sub'))
    writeFileSync(join(archive, 'a.jpg'), jpegPhoto({ seed: 1, lat: 35, lon: 139 }))
    writeFileSync(join(archive, 'b.png'), pngPhoto({ seed: 2 }))
    writeFileSync(join(archive, 'copy of a.jpg'), jpegPhoto({ seed: 1, lat: 35, lon: 139 }))
    writeFileSync(join(archive, 'sub', 'c.jpg'), jpegPhoto({ seed: 3 }))
    writeFileSync(join(archive, '.hidden.jpg'), jpegPhoto({ seed: 4 }))
    writeFileSync(join(archive, 'notes.txt'), 'no photo')
    symlinkSync('/etc', join(archive, 'link'))
    const ingest = async () => jsonLines(await towndeskDone(['ingest', '--db', town.db, archive]))
    const first = await ingest()
    assert.deepEqual(first.map((l) => l.file.slice(archive.length + 1)), ['a.jpg', 'b.png', 'copy of a.jpg', 'notes.txt', 'sub/c.jpg'])
    for (const line of first) assert.deepEqual(Object.keys(line), ['file', 'ref', 'repeated', 'error'])
    const by = (lines) => Object.fromEntries(lines.map((l) => [basename(l.file), l]))
    assert.equal(by(first)['notes.txt'].error.code, 'unknown_format')
    assert.equal(by(first)['a.jpg'].ref, by(first)['copy of a.jpg'].ref)
    assert.equal(await town.caseCount(), 3)
    const second = await ingest()
    assert.equal(await town.caseCount(), 3)
    for (const name of ['a.jpg', 'b.png', 'c.jpg']) {
        assert.equal(by(second)[name].ref, by(first)[name].ref)
        assert.equal(by(second)[name].repeated, true)
    }
    const staff = await town.staff()
    const found = await staff.case(by(first)['a.jpg'].ref)
    assert.deepEqual([found.origin, found.location.source, found.location.lat], ['cli', 'exif', 35])
    await town.stop()
})

// ---- backup, verify, restore ----

test('a backup taken under load verifies, restores, and holds what was acknowledged before', async (t) => {
    const dir = folder(t)
    const town = await Town.start({ dir })
    await town.staff()
    const photo = [1, 2, 3].map((seed) => jpegPhoto({ seed }))
    const before = []
    for (let i = 0; i < 6; i++) before.push((await town.client.report({ photo: photo[i % 3], description: `before ${i}` })).ref)
    let going = true
    let during = 0
    const load = Array.from({ length: 4 }, async (_, k) => {
        while (going) {
            await town.client.report(during % 2 ? { description: `during ${k}` } : { photo: photo[k % 3] })
            during++
        }
    })
    const copy = join(dir, 'backup.db')
    const [counts] = jsonLines(await towndeskDone(['backup', '--json', '--db', town.db, copy]))
    const again = join(dir, 'again.db')
    await towndeskDone(['backup', '--db', town.db, again])
    await towndeskDone(['backup', '--db', town.db, again]) // replaces it
    going = false
    await Promise.all(load)
    assert.ok(during > 0)
    const live = await town.caseCount()
    await town.stop()
    assert.ok(counts.cases >= before.length && counts.cases <= live, `${counts.cases} of ${live}`)
    assert.deepEqual(readdirSync(dir).filter((n) => /^(backup|again)/.test(n)).sort(), ['again.db', 'backup.db'], 'nothing else is left')

    const verified = async (file) => jsonLines(await towndeskDone(['verify', '--json', file]))[0]
    const numbers = ({ cases, events, photos, renditions, blobs, blob_bytes, people }) => ({ cases, events, photos, renditions, blobs, blob_bytes, people })
    assert.deepEqual(numbers(await verified(copy)), numbers(counts))
    const restored = join(dir, 'restored.db')
    await towndeskDone(['restore', copy, '--db', restored])
    assert.deepEqual(numbers(await verified(restored)), numbers(counts))
    assert.equal((await verified(town.db)).cases, live)

    const other = await Town.start({ dir, db: restored })
    assert.equal(await other.caseCount(), counts.cases)
    const staff = await other.signIn()
    for (const [i, ref] of before.entries()) {
        const [kept] = (await staff.case(ref)).photos
        assert.deepEqual((await staff.get(kept.original_url)).body, photo[i % 3])
    }
    await other.stop()
})

async function makeTown(dir, reports = 2) {
    const town = await Town.start({ dir })
    const photos = Array.from({ length: reports }, (_, i) => jpegPhoto({ seed: 60 + i }))
    for (const photo of photos) await town.client.report({ photo, description: 'x' })
    await town.stop()
    return { db: town.db, photos }
}

test('verify finds one byte of a photo that has changed', async (t) => {
    const dir = folder(t)
    const { db, photos } = await makeTown(dir)
    await towndeskDone(['verify', db])
    const bytes = readFileSync(db)
    const at = bytes.indexOf(photos[1].subarray(1000, 1200))
    assert.ok(at > 0, 'the photo lies in the file as it was sent')
    bytes[at + 50] ^= 1
    writeFileSync(db, bytes)
    const { code, stderr } = await towndesk(['verify', db])
    assert.equal(code, 1)
    assert.match(stderr, /damaged/)
    const json = await towndesk(['verify', '--json', db])
    assert.equal(json.code, 1)
    const [found] = jsonLines(json.stdout)
    assert.equal(found.ok, false)
    assert.equal(found.finding_count, 1)
    assert.match(found.findings[0], /SHA-256|checksum|bytes/i)
    const copy = join(dir, 'copy.db')
    assert.equal((await towndesk(['backup', '--db', db, copy])).code, 1)
    assert.ok(!existsSync(copy), 'a damaged town makes no backup')
    assert.equal((await towndesk(['restore', db, '--db', copy])).code, 1)
    assert.ok(!existsSync(copy))
})

test('verify says that pages of the file are damaged', async (t) => {
    const { db } = await makeTown(folder(t))
    const bytes = readFileSync(db)
    const page = bytes.readUInt16BE(16) === 1 ? 65536 : bytes.readUInt16BE(16)
    bytes.fill(0xa5, page * 3, page * 3 + 200)
    writeFileSync(db, bytes)
    const { code, signal, stderr } = await towndesk(['verify', db])
    assert.equal(signal, null)
    assert.equal(code, 1)
    assert.ok(stderr.length > 10)
})

test('verify changes nothing', async (t) => {
    const { db } = await makeTown(folder(t))
    const before = sha256(readFileSync(db))
    await towndeskDone(['verify', db])
    assert.equal(sha256(readFileSync(db)), before)
})

test('restore never overwrites without --force, and never under a running server', async (t) => {
    const dir = folder(t)
    const { db } = await makeTown(dir)
    const copy = join(dir, 'copy.db')
    await towndeskDone(['backup', '--db', db, copy])
    const before = sha256(readFileSync(db))
    const refused = await towndesk(['restore', copy, '--db', db])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /--force/)
    assert.equal(sha256(readFileSync(db)), before)
    const town = await Town.start({ dir, db })
    const busy = await towndesk(['restore', copy, '--db', db, '--force'])
    assert.equal(busy.code, 1)
    assert.match(busy.stderr, /in use/)
    await town.client.report({ description: 'one more' })
    assert.equal(await town.caseCount(), 3)
    await town.stop()
    await towndeskDone(['restore', copy, '--db', db, '--force'])
    const again = await Town.start({ dir, db })
    assert.equal(await again.caseCount(), 2)
    await again.stop()
})

test('a newer file, and files of others, are refused in a clear sentence and left as they are', async (t) => {
    const dir = folder(t)
    const { db } = await makeTown(dir)
    const patched = (name, change) => {
        const file = join(dir, name)
        copyFileSync(db, file)
        const bytes = readFileSync(file)
        change(bytes)
        writeFileSync(file, bytes)
        return file
    }
    const written = (name, bytes) => (writeFileSync(join(dir, name), bytes), join(dir, name))
    const cases = [
        [patched('newer.db', (b) => b.writeUInt32BE(9999, 60)), /newer towndesk/],
        [patched('foreign.db', (b) => b.writeUInt32BE(0x0f055112, 68)), /another program|not a town/],
        [written('text.db', 'this is no database\n'.repeat(100)), /another program|not a town/],
        [written('photo.db', jpegPhoto({ seed: 1 })), /another program|not a town/],
    ]
    for (const [file, sentence] of cases) {
        const before = sha256(readFileSync(file))
        for (const args of [['serve', '--db', file, '--listen', '127.0.0.1:0'], ['verify', file], ['ingest', '--db', file, dir], ['staff', 'list', '--db', file], ['backup', '--db', file, join(dir, 'out.db')], ['restore', file, '--db', join(dir, 'out.db')]]) {
            const { code, stderr } = await towndesk(args)
            assert.equal(code, 1, `${args.join(' ')}: ${stderr}`)
            assert.match(stderr, sentence, args.join(' '))
            assert.doesNotMatch(stderr, /ERR_|errno|assert/)
        }
        assert.equal(sha256(readFileSync(file)), before, file)
        assert.ok(!existsSync(join(dir, 'out.db')))
    }
})

// ---- use ----

test('exit codes: 0 done, 1 failed, 2 wrong use', async (t) => {
    const nowhere = join(folder(t), 'nothing.db')
    for (const [wanted, ...args] of [
        [0, 'help'], [0, 'version'], [0, 'routes'], [0, '--help'], [0, '--version'],
        [1, 'verify', nowhere], [1, 'backup', '--db', nowhere, nowhere + '2'], [1, 'staff', 'list', '--db', nowhere], [1, 'photo', nowhere],
        [1, 'serve', '--db', '/nonexistent/folder/town.db', '--listen', '127.0.0.1:0'],
        [2], [2, 'nonsense'], [2, 'serve', '--nonsense'], [2, 'serve', 'operand'], [2, 'serve', '--listen', 'nonsense'], [2, 'serve', '--workers', 'x'],
        [2, 'serve', '--tls-cert', 'x'], [2, 'serve', '--demo', '--listen', '0.0.0.0:0'], [2, 'photo'], [2, 'verify'], [2, 'verify', 'a', 'b'],
        [2, 'restore', 'x'], [2, 'backup', '--db', nowhere], [2, 'staff'], [2, 'staff', 'add'], [2, 'staff', 'add', 'x', '--role', 'king', '--db', nowhere], [2, 'help', 'nonsense'],
    ]) {
        const { code, stdout, stderr } = await towndesk(args)
        assert.equal(code, wanted, `towndesk ${args.join(' ')}: ${stderr}`)
        if (wanted === 2) assert.equal(stdout, '', `${args.join(' ')}: what is wrong goes to standard error`)
        if (wanted) assert.ok(stderr.length > 0 || stdout.length > 0)
        assert.ok(!existsSync(nowhere), `${args.join(' ')} made a file`)
    }
})

test('help for each command names its options', async () => {
    const list = await towndeskDone(['help'])
    const names = [...list.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}/gm)].map((m) => m[1])
    for (const name of ['serve', 'photo', 'ingest', 'backup', 'verify', 'restore', 'staff add', 'staff passwd', 'staff list', 'staff disable', 'routes', 'version']) assert.ok(names.includes(name), `${name} is not listed`)
    for (const name of names) {
        const text = await towndeskDone(['help', ...name.split(' ')])
        assert.match(text, new RegExp(`usage: towndesk ${name}`))
        assert.equal(await towndeskDone([...name.split(' '), '--help']), text, name)
        assert.ok(text.split('\n').every((line) => line.length <= 100), name)
    }
    assert.match(await towndeskDone(['help', 'serve']), /--db[\s\S]*--listen[\s\S]*--tls-cert/)
})

test('staff: add, list, passwd, disable', async (t) => {
    const dir = folder(t)
    const { db } = await makeTown(dir, 0)
    const staff = (args, input) => towndesk(['staff', ...args, '--db', db], { input })
    assert.equal((await staff(['add', 'sato', '--role', 'admin'], 'a long enough password\n')).code, 0)
    const twice = await staff(['add', 'sato'], 'a long enough password\n')
    assert.equal(twice.code, 1)
    assert.match(twice.stderr, /already/)
    for (const [name, password] of [['short', 'short\n'], ['empty', ''], ['', 'a long enough password\n']]) {
        assert.notEqual((await staff(['add', name], password)).code, 0, name)
    }
    assert.equal((await staff(['passwd', 'nobody'], 'a long enough password\n')).code, 1)
    assert.equal((await staff(['add', 'suzuki'], 'a long enough password\n')).code, 0)
    assert.equal((await staff(['disable', 'suzuki'])).code, 0)
    const { stdout } = await staff(['list'])
    assert.match(stdout, /sato\s+admin/)
    assert.match(stdout, /suzuki/)
    assert.doesNotMatch(stdout, /argon|password/)
    const bytes = readFileSync(db)
    assert.ok(!bytes.includes('a long enough password'))
})

test('serve on a public address without TLS says so plainly', async (t) => {
    const town = await Town.start({ dir: folder(t), listen: '0.0.0.0:0' })
    assert.match(town.stderr(), /plain HTTP/)
    await town.stop()
})

test("the town's file is nobody else's", async (t) => {
    const { db } = await makeTown(folder(t), 0)
    assert.equal(statSync(db).mode & 0o077, 0, (statSync(db).mode & 0o777).toString(8))
})
