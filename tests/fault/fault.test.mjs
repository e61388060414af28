// Everything that may fail does, once: each allocation, each named place where the disk may say no, the
// whole process, the disk itself. Whatever happens, an acknowledged report is there afterwards, none is
// there twice, and the file verifies.
//
// Needs a build with fault points (presets dev and asan; include/base/fault.h, include/base/mem.h).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { before, test } from 'node:test'
import { NotServing, Town, executable, folder, jsonLines, root, towndesk, towndeskDone } from '../support/town.mjs'
import { jpegPhoto, sha256 } from '../support/photo.mjs'
import { seededRandom } from '../support/random.mjs'

const hasFaults = readFileSync(executable()).includes('TOWNDESK_FAULT_ALLOC')
const skip = hasFaults ? false : 'this build has no fault points'

// The names of the places, as the sources have them.
function faultPoints(dir = join(root, 'src')) {
    return [...new Set(readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? faultPoints(join(dir, e.name))
            : e.name.endsWith('.c') && !dir.endsWith('base') ? [...readFileSync(join(dir, e.name), 'utf8').matchAll(/fault_hit\("([^"]+)"\)/g)].map((m) => m[1])
                : []))]
}

const photo = jpegPhoto({ seed: 7, lat: 35, lon: 139 })
let original // a town with somebody of the staff and one report
before(async () => {
    if (skip) return
    const town = await Town.start({ dir: folder() })
    await town.staff()
    await town.client.report({ photo, description: 'the first' })
    await town.stop()
    original = town.db
})

function freshTown(t) {
    const dir = folder(t)
    const db = join(dir, 'town.db')
    copyFileSync(original, db)
    return { dir, db }
}

const send = async (town, i) => {
    const fields = { description: `number ${i}`, ...(i % 2 ? { photo } : {}) }
    try {
        return await town.client.post('/api/v1/reports', { fields, headers: { 'idempotency-key': `key ${i}` } })
    } catch (e) {
        if (e.code === 'ERR_ASSERTION') throw e
        return null // the process died, or the connection did
    }
}

// What must hold whatever happened: town serves again without faults; `acknowledged` are the refs by number.
async function assertNothingLost(town, acknowledged, wanted) {
    const staff = await town.signIn()
    for (const [i, ref] of acknowledged) {
        const found = await staff.case(ref)
        assert.equal(found.description, `number ${i}`)
        if (i % 2) assert.equal(sha256((await staff.get(found.photos[0].original_url)).body), sha256(photo))
    }
    for (let i = 0; i < wanted; i++) {
        const again = await send(town, i) // as a phone does that got no answer
        assert.equal(again?.status, 201, again?.text)
        if (acknowledged.has(i)) assert.equal(again.json.ref, acknowledged.get(i))
    }
    assert.equal(await town.caseCount(), 1 + wanted, 'a report was lost or made two cases')
    await town.halt()
    await towndeskDone(['verify', town.db])
}

for (const point of skip ? [] : faultPoints()) {
    for (const kind of ['', ':kill']) {
        test(`reports while ${point}${kind} happens`, { skip }, async (t) => {
            for (let n = 1; n <= 3; n++) {
                const { dir, db } = freshTown(t)
                const acknowledged = new Map()
                let town
                try {
                    town = await Town.start({ dir, db, env: { TOWNDESK_FAULT: `${point}:${n}${kind}` } })
                } catch (e) {
                    if (!(e instanceof NotServing)) throw e
                    assert.ok(e.code === 1 || (kind && e.signal === 'SIGKILL'), e.message)
                }
                for (let i = 0; i < 4 && town?.running; i++) {
                    const answer = await send(town, i)
                    if (answer?.status === 201) acknowledged.set(i, answer.json.ref)
                    else if (answer) assert.equal(answer.status, 503, answer.text)
                }
                if (town) {
                    town.child.kill('SIGKILL')
                    await town.ended
                    town.options.env = {}
                    await town.serve()
                } else town = await Town.start({ dir, db })
                await assertNothingLost(town, acknowledged, 4)
            }
        })

        test(`backup and restore while ${point}${kind} happens`, { skip }, async (t) => {
            const { dir, db } = freshTown(t)
            const older = join(dir, 'older.db')
            await towndeskDone(['backup', '--db', db, older])
            for (let n = 1; n <= 3; n++) {
                const env = { TOWNDESK_FAULT: `${point}:${n}${kind}` }
                for (const [what, dest, args] of [
                    ['backup', join(dir, 'new.db'), ['backup', '--db', db, join(dir, 'new.db')]],
                    ['backup', older, ['backup', '--db', db, older]],
                    ['restore', join(dir, 'restored.db'), ['restore', older, '--db', join(dir, 'restored.db')]],
                    ['restore', db, ['restore', older, '--db', db, '--force']],
                ]) {
                    const existed = existsSync(dest)
                    const before = new Set(readdirSync(dir))
                    const { code, signal, stderr } = await towndesk(args, { env })
                    assert.ok(code === 0 || code === 1 || (kind && signal === 'SIGKILL'), `${code} ${signal} ${stderr}`)
                    if (code === 1) assert.ok(stderr.length > 10)
                    if (code === 0 || existed) assert.ok(existsSync(dest), `${what} lost ${dest}`)
                    if (existsSync(dest)) await towndeskDone(['verify', dest])
                    const left = readdirSync(dir).filter((f) => !before.has(f) && f !== basename(dest) && !/-(wal|shm)$/.test(f))
                    if (!signal) assert.deepEqual(left, [], 'something is left behind')
                    if (!existed) rmSync(dest, { force: true })
                }
            }
        })
    }
}

test('each place was really passed', { skip }, async (t) => {
    const passed = new Set()
    for (const point of faultPoints()) {
        const { dir, db } = freshTown(t)
        const env = { TOWNDESK_FAULT: `${point}:1:kill` }
        const backup = await towndesk(['backup', '--db', db, join(dir, 'b.db')], { env })
        if (backup.signal === 'SIGKILL') passed.add(point)
        try {
            const town = await Town.start({ dir, db, env })
            await send(town, 0)
            if (!town.running || (await Promise.race([town.ended, new Promise((r) => setTimeout(r, 300, [0]))]))[1] === 'SIGKILL') passed.add(point)
            if (town.running) await town.halt()
        } catch (e) {
            if (!(e instanceof NotServing)) throw e
            passed.add(point)
        }
    }
    assert.deepEqual([...passed].sort(), faultPoints().sort())
})

test('the Nth allocation fails, over all of a start and a report', { skip, timeout: 300000 }, async (t) => {
    const random = seededRandom()
    t.diagnostic(`SEED=${random.seed}`)
    const attempt = async (n) => {
        const { dir, db } = freshTown(t)
        let town
        let bit = false
        const acknowledged = new Map()
        try {
            town = await Town.start({ dir, db, env: { TOWNDESK_FAULT_ALLOC: String(n) } })
            for (let i = 0; i < 3; i++) { // the failure comes once, in any of them or before
                const answer = await send(town, 1)
                assert.ok(answer, `N=${n}: no answer: ${town.stderr()}`)
                assert.ok(answer.status === 201 || (answer.status === 503 && !bit), `N=${n}: ${answer.status} ${answer.text}`)
                if (answer.status === 503) bit = true
                else if (acknowledged.has(1)) assert.equal(answer.json.ref, acknowledged.get(1))
                else acknowledged.set(1, answer.json.ref)
            }
            await town.halt()
        } catch (e) {
            if (!(e instanceof NotServing)) throw e
            assert.equal(e.code, 1, `N=${n}: ${e.message}`)
            assert.match(e.stderr, /memory/, `N=${n}`)
            assert.doesNotMatch(e.stderr, /Sanitizer|runtime error/, `N=${n}`)
            bit = true
        } finally {
            if (town?.running) await town.kill()
        }
        const [counts] = jsonLines(await towndeskDone(['verify', '--json', db]))
        assert.equal(counts.cases, acknowledged.size + 1, `N=${n}`)
        rmSync(dir, { recursive: true, force: true })
        return bit
    }
    // How many allocations there are is found by doubling until none of three does any harm.
    let all = 64
    const quiet = async () => !(await attempt(all)) && !(await attempt(all + 1)) && !(await attempt(all + 7))
    while (!(await quiet()) && all < 1 << 20) all *= 2
    const rounds = Number(process.env.ROUNDS ?? 40)
    let bites = 0
    for (let i = 0; i < rounds; i++) bites += await attempt(1 + random.below(all))
    t.diagnostic(`${rounds} of ${all} allocations tried, ${bites} did harm`)
    assert.ok(bites > 0, 'no failure was ever noticed')
})

test('a full disk: a clear answer, nothing lost, and it goes on when there is room', { skip: skip || (process.getuid() ? 'needs root for a small disk' : false) }, async (t) => {
    const disk = folder()
    try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch (e) {
        return t.skip(`no small disk can be had here: ${String(e.stderr).trim()}`)
    }
    t.after(() => {
        execFileSync('umount', [disk])
        rmSync(disk, { recursive: true })
    })
    const filler = join(disk, 'filler')
    const db = join(disk, 'town.db')
    copyFileSync(original, db)
    const town = await Town.start({ dir: disk, db })
    writeFileSync(filler, Buffer.alloc(10 << 20))
    const acknowledged = []
    const big = (i) => Buffer.concat([jpegPhoto({ seed: i }), Buffer.alloc(1 << 20, i)])
    const report = async (i) => town.client.post('/api/v1/reports', { fields: { photo: big(i), description: `full ${i}` } })
    let refused = 0
    for (let i = 1; refused < 3; i++) {
        assert.ok(i < 60, 'the disk never fills')
        const answer = await report(i)
        if (answer.status === 201) acknowledged.push([i, answer.json.ref])
        else {
            refused++
            assert.equal(answer.status, 503, answer.text)
            assert.equal(answer.json.code, 'storage', answer.text)
        }
    }
    assert.ok(acknowledged.length > 0)
    assert.equal((await town.client.get('/healthz')).status, 200, 'it still reads')
    const staff = await town.signIn().catch(() => null) // a session has to be written, too
    rmSync(filler)
    const after = await report(99)
    assert.equal(after.status, 201, `there is room again: ${after.text}`)
    acknowledged.push([99, after.json.ref])
    const clerk = staff ?? (await town.signIn())
    for (const [i, ref] of acknowledged) {
        const [kept] = (await clerk.case(ref)).photos
        assert.equal(kept.sha256, sha256(big(i)))
        assert.equal(sha256((await clerk.get(kept.original_url)).body), kept.sha256)
    }
    assert.equal(await town.caseCount(), 1 + acknowledged.length)
    const copy = await towndesk(['backup', '--db', db, join(disk, 'copy.db')])
    if (copy.code !== 0) {
        assert.match(copy.stderr, /room|disk|space/)
        assert.ok(!existsSync(join(disk, 'copy.db')))
    }
    await town.halt()
    await towndeskDone(['verify', db])
})
