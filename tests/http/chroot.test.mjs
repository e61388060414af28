// What is shipped: one static file that serves a report from a folder in which there is nothing else,
// and speaks HTTPS from there.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { once } from 'node:events'
import { test } from 'node:test'
import { Town, built, folder, jsonLines, towndeskDone } from '../support/town.mjs'
import { jpegPhoto, sha256 } from '../support/photo.mjs'

const bin = built('release')
const skip = !bin ? 'there is no build/release' : process.getuid() ? 'chroot needs root' : false
const photo = jpegPhoto({ seed: 1, lat: 35.5, lon: 139.5 })

test('the release is static: no interpreter, no libraries', { skip: bin ? false : 'there is no build/release' }, () => {
    const elf = readFileSync(bin)
    const offset = Number(elf.readBigUInt64LE(32)), size = elf.readUInt16LE(54), count = elf.readUInt16LE(56)
    const types = Array.from({ length: count }, (_, i) => elf.readUInt32LE(offset + i * size))
    assert.ok(!types.includes(3), 'PT_INTERP: a dynamic linker is wanted')
    assert.equal(elf.readUInt16LE(16), 3, 'ET_DYN: position independent')
    let said
    try {
        said = execFileSync('ldd', [bin], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (e) {
        said = e.stderr + e.stdout
    }
    assert.match(said, /statically linked|not a dynamic executable/)
})

async function emptyRoot(t, files = {}) {
    const dir = folder(t)
    copyFileSync(bin, join(dir, 'towndesk'))
    for (const [name, from] of Object.entries(files)) copyFileSync(from, join(dir, name))
    return dir
}

const inside = (dir, args = []) => Town.start({ dir, db: join(dir, 'town.db'), dbInside: '/town.db', bin: '/towndesk', wrap: ['chroot', dir], args })

test('in an empty chroot a report becomes a case', { skip }, async (t) => {
    const dir = await emptyRoot(t)
    const town = await inside(dir)
    const made = await town.client.report({ photo, description: '道路の穴' })
    assert.equal(made.location.source, 'exif')
    assert.equal((await town.client.get(made.photos[0].thumb_url)).type, 'image/jpeg')
    assert.match((await town.client.get(made.url)).text, /道路の穴/)
    town.bin = bin
    const staff = await town.staff()
    const [kept] = (await staff.case(made.ref)).photos
    assert.equal(sha256((await staff.get(kept.original_url)).body), sha256(photo))
    assert.deepEqual((await staff.list({ q: '道路' })).map((c) => c.ref), [made.ref])
    await town.halt()
    assert.deepEqual(readdirSync(dir).filter((n) => !n.startsWith('town.db')), ['towndesk'], 'nothing but its file')
    const [counts] = jsonLines(await towndeskDone(['verify', '--json', join(dir, 'town.db')], { bin }))
    assert.equal(counts.cases, 1)
})

test('HTTPS from the executable alone', { skip }, async (t) => {
    const keys = folder(t)
    const [cert, key] = [join(keys, 'cert.pem'), join(keys, 'key.pem')]
    try {
        execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
            '-subj', '/CN=town.example', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'pipe' })
    } catch (e) {
        if (e.code === 'ENOENT') return t.skip('there is no openssl command to make a certificate with')
        throw e
    }
    const dir = await emptyRoot(t, { 'cert.pem': cert, 'key.pem': key })
    const town = await inside(dir, ['--tls-cert', '/cert.pem', '--tls-key', '/key.pem'])
    assert.match(town.url, /^https:/)
    const ca = readFileSync(cert)
    const client = town.visitor({ ca })
    const made = await client.report({ photo, description: 'over TLS' })
    assert.match((await client.get(made.url)).text, /over TLS/)

    await towndeskDone(['staff', 'add', 'sato', '--db', town.db], { input: 'a long enough password\n', bin })
    const answer = await client.post('/api/v1/session', { json: { name: 'sato', password: 'a long enough password' } })
    assert.match(answer.cookies[0], /^__Host-/)
    assert.match(answer.cookies[0], /Secure/i)

    for (const version of ['TLSv1.2', 'TLSv1.3']) {
        const socket = tls.connect({ port: town.port, host: '127.0.0.1', ca, minVersion: version, maxVersion: version })
        await once(socket, 'secureConnect')
        assert.equal(socket.getProtocol(), version)
        socket.destroy()
    }
    const old = tls.connect({ port: town.port, host: '127.0.0.1', ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    const refused = await Promise.race([once(old, 'error').then(() => true, () => true), once(old, 'secureConnect').then(() => false, () => true)])
    assert.equal(refused, true, 'TLS 1.1 is spoken')
    old.destroy()
    await town.halt()
})
