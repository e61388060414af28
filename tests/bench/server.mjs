// The server's figures, each as a ratio against its limit in the same run. Never passes or fails.
//
//     node tests/bench/server.mjs [build directory, default build/release]
//
// SECONDS=3 ROUNDS=3 CASES=10000 change how long it takes. Medians; rounds alternate, because a disk and
// its neighbours have moods. Two cores serve both the server and its clients.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { Town, root, rssBytes, towndeskDone } from '../support/town.mjs'
import { Client } from '../support/client.mjs'
import { largePhoto } from '../support/photo.mjs'

const build = resolve(process.argv[2] ?? join(root, 'build/release'))
const bin = join(build, 'towndesk')
const load = join(build, 'tests/bench/bench_server_load')
const seconds = Number(process.env.SECONDS ?? 3)
const rounds = Number(process.env.ROUNDS ?? 3)
const cases = Number(process.env.CASES ?? 10000)
const CLIENTS = 8
const cores = cpus().length
const dir = mkdtempSync(join(process.env.TOWNDESK_TMP ?? join(root, 'build'), 'bench-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))

const ask = (...args) => JSON.parse(execFileSync(load, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 20 }))
// The same without stopping this process, which watches the server meanwhile.
async function askMeanwhile(...args) {
    const child = spawn(load, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (d) => (text += d))
    await once(child, 'close')
    return JSON.parse(text)
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const line = (name, value, must, goal, more = '') => console.log(`${name.padEnd(44)} ${value.padStart(9)}   must ${must.padStart(7)}   goal ${goal.padStart(7)}   ${more}`)
const MB = (n) => (n / 1e6).toFixed(1)

// Processor time of a process and its threads, in seconds.
const cpuSeconds = (pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
}

// Twelve megapixels and 3.4 MB, as phones make them.
const photos = [1, 2, 3, 4].map((seed) => {
    const file = join(dir, `photo${seed}.jpg`)
    writeFileSync(file, largePhoto({ seed, quality: 88, noise: 26, lat: 35 + seed / 100, lon: 139 }))
    return file
})
const photoBytes = median(photos.map((f) => statSync(f).size))
console.log(`${cores} cores, ${CLIENTS} clients, photos of ${MB(photoBytes)} MB and 12 MP, ${rounds} rounds of ${seconds} s\n`)

async function withTown(work, name) {
    const town = await Town.start({ dir, db: join(dir, `${name}.db`), bin })
    try {
        return await work(town)
    } finally {
        await town.halt()
    }
}

// Decoding and all else that is done with the pixels: CPU of `towndesk photo` for each photo, the start taken off.
function decodeCpu() {
    const timed = (files) => {
        const text = execFileSync('bash', ['-c', '{ TIMEFORMAT="%U %S"; time "$0" photo "$@" >/dev/null; } 2>&1', bin, ...files], { encoding: 'utf8' })
        const [u, s] = text.trim().split('\n').at(-1).split(' ').map(Number)
        return u + s
    }
    const many = Array.from({ length: 24 }, (_, i) => photos[i % photos.length])
    return (timed(many) - timed([join(root, 'LICENSE')])) / many.length
}

// ---- durable reports ----

await withTown(async (town) => {
    const ratios = []
    const byCpu = [] // what the ratio would be if nobody else used the machine
    let shown
    for (let i = 0; i < rounds; i++) {
        const decode = decodeCpu()
        const raw = ask('raw', dir, seconds, photoBytes)
        const cpu = cpuSeconds(town.pid)
        const ours = ask('report', town.port, CLIENTS, seconds, ...photos)
        const spent = (cpuSeconds(town.pid) - cpu) / ours.done
        const allowed = Math.min(cores / (decode + raw.cpu_s_each), raw.per_s)
        ratios.push(ours.per_s / allowed)
        byCpu.push((decode + raw.cpu_s_each) / spent)
        shown = `by CPU alone ${median(byCpu).toFixed(2)}; ${ours.per_s.toFixed(1)}/s of ${allowed.toFixed(1)}/s: decode ${(decode * 1e3).toFixed(0)} ms CPU, blob commits ${raw.per_s.toFixed(1)}/s and ${(raw.cpu_s_each * 1e3).toFixed(0)} ms CPU; server ${(spent * 1e3).toFixed(0)} ms CPU each, clients ${((ours.own_cpu_s / ours.done) * 1e3).toFixed(0)} ms; ${ours.failed} failed`
        rmSync(join(dir, 'raw.db'), { force: true })
        for (const s of ['-wal', '-shm']) rmSync(join(dir, 'raw.db' + s), { force: true })
    }
    line('photo reports / decode + blob commit', median(ratios).toFixed(2), '≥ 0.70', '≥ 0.90', shown)
}, 'photos')

await withTown(async (town) => {
    const ratios = []
    let shown
    for (let i = 0; i < rounds; i++) {
        const raw = ask('raw', dir, seconds)
        const ours = ask('report', town.port, CLIENTS, seconds)
        ratios.push(ours.per_s / raw.per_s)
        shown = `${ours.per_s.toFixed(0)}/s of ${raw.per_s.toFixed(0)}/s; ${ours.failed} failed`
    }
    line('plain reports / raw one-row commits', median(ratios).toFixed(2), '≥ 0.60', '≥ 1.00', shown)
}, 'plain')

// ---- the board ----

await withTown(async (town) => {
    while ((await town.caseCount()) < cases) ask('report', town.port, CLIENTS, 2)
    const staff = await town.staff()
    const header = `Authorization: ${staff.headers.authorization}`
    const bytes = (await staff.get('/api/v1/board')).body.length
    const floor = spawn(load, ['floor', String(bytes)], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [first] = await once(floor.stdout, 'data')
    const { port } = JSON.parse(String(first))
    const ratios = []
    let shown
    for (let i = 0; i < rounds; i++) {
        const bare = ask('get', port, '/', '', CLIENTS, seconds)
        const ours = ask('get', town.port, '/api/v1/board', header, CLIENTS, seconds)
        ratios.push(ours.per_s / bare.per_s)
        shown = `${ours.per_s.toFixed(0)}/s of ${bare.per_s.toFixed(0)}/s, ${(bytes / 1024).toFixed(0)} KB, ${await town.caseCount()} cases; ${ours.failed} failed`
    }
    line('board / bare constant answer of its size', median(ratios).toFixed(2), '≥ 0.15', '≥ 0.50', shown)

    // While the town changes, each poll of a new version has to be made anew.
    const [polls] = await Promise.all([askMeanwhile('get', town.port, '/api/v1/board', header, 4, seconds), askMeanwhile('report', town.port, 2, seconds)])
    console.log(`  the same while two clients report: ${polls.per_s.toFixed(0)} boards/s`)
    floor.stdin.end()
    await once(floor, 'close')
}, 'board')

// ---- sizes ----

line('executable, MB', MB(statSync(bin).size), '12', '9')

async function firstPage() {
    const times = []
    for (let i = 0; i < 7; i++) {
        const since = process.hrtime.bigint()
        const town = await Town.start({ dir, db: join(dir, 'board.db'), bin })
        const client = new Client(town.url)
        await client.get('/')
        times.push(Number(process.hrtime.bigint() - since) / 1e6)
        client.close()
        await town.halt()
    }
    return median(times)
}
line('first page after start, ms', (await firstPage()).toFixed(0), '150', '50', `with ${cases} cases; node's own time to start it is in it`)

await withTown(async (town) => {
    await town.client.get('/')
    const idle = rssBytes(town.pid)
    line('idle resident, MB', MB(idle), '48', '24')
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, rssBytes(town.pid))), 5)
    await askMeanwhile('report', town.port, CLIENTS, Math.max(seconds, 4), ...photos)
    clearInterval(watch)
    line('resident with 8 uploads of 12 MP, MB', MB(peak), '160', '96', `of which the bodies are ${MB(8 * photoBytes)}; VmHWM ${MB(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${town.pid}/status`, 'utf8'))[1]) * 1024)}`)
}, 'memory')
await towndeskDone(['verify', join(dir, 'photos.db')], { bin })
