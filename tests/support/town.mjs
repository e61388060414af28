// A town for a test: the real executable on a free port, with a new file in a folder of its own. Each
// stop asserts that the program ended as it should and that no sanitizer had anything to say.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from './client.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))

// What a failed test left running would keep the test runner waiting. A file's own after(), which stops
// its town, comes after this one: it gets its time.
const running = new Set()
const killAll = () => running.forEach((child) => child.kill('SIGKILL'))
if (process.env.NODE_TEST_CONTEXT) after(() => void setTimeout(killAll, 20000).unref())
process.on('exit', killAll)

// What is tested: $TOWNDESK, otherwise what was built last with care.
export function executable(...presets) {
    if (process.env.TOWNDESK) return resolve(process.env.TOWNDESK)
    for (const preset of presets.length ? presets : ['asan', 'release', 'dev']) {
        const file = join(root, 'build', preset, 'towndesk')
        if (existsSync(file)) return file
    }
    throw new Error('nothing is built: cmake --preset asan && cmake --build build/asan')
}

// That of one preset ($TOWNDESK_RELEASE for "release"), or null: for tests that need a certain kind.
export function built(preset) {
    const file = process.env[`TOWNDESK_${preset.toUpperCase()}`] ?? join(root, 'build', preset, 'towndesk')
    return existsSync(file) ? file : null
}

export function assertClean(stderr, what = 'the program') {
    const reports = /AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|MUST failed|must\(/
    assert.doesNotMatch(stderr, reports, `${what} said:\n${stderr.slice(-6000)}`)
}

// A folder that goes away with the test.
export function folder(t) {
    const dir = mkdtempSync(join(process.env.TOWNDESK_TMP ?? tmpdir(), 'towndesk-test-'))
    t?.after?.(() => rmSync(dir, { recursive: true, force: true }))
    return dir
}

// Runs a command to its end: {code, signal, stdout, stderr}.
export async function towndesk(args, { input = '', env = {}, bin = executable(), cwd, clean = true } = {}) {
    const child = spawn(bin, args, { env: { ...process.env, ...env }, cwd })
    const out = collect(child)
    child.stdin.on('error', () => {}) // it may end without having read
    child.stdin.end(input)
    const [code, signal] = await once(child, 'close')
    const result = { code, signal, stdout: out.stdout(), stderr: out.stderr() }
    if (clean) assertClean(result.stderr, `towndesk ${args[0]}`)
    return result
}

// As above, when it has to work: its output.
export async function towndeskDone(args, options) {
    const result = await towndesk(args, options)
    assert.equal(result.code, 0, `towndesk ${args.join(' ')}: ${result.stderr}`)
    return result.stdout
}

export const jsonLines = (text) => text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line))

export function rssBytes(pid) {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}

const PASSWORD = 'correct horse battery'

export class Town {
    // options: db, args (more of them for serve), env, bin, wrap (a command that starts it)
    static async start(options = {}) {
        const town = new Town()
        town.options = options
        town.bin = options.bin ?? executable()
        town.dir = options.dir ?? folder()
        town.ownsDir = !options.dir
        town.db = options.db ?? join(town.dir, 'town.db')
        await town.serve()
        return town
    }

    async serve(env = {}) {
        const { args = [], wrap = [], listen = '127.0.0.1:0' } = this.options
        const command = [...wrap, this.bin, 'serve', '--db', this.options.dbInside ?? this.db, '--listen', listen, ...args]
        this.child = spawn(command[0], command.slice(1), { env: { ...process.env, ...this.options.env, ...env } })
        this.ended = once(this.child, 'close')
        running.add(this.child)
        this.ended.finally(() => running.delete(this.child))
        this.out = collect(this.child)
        const line = await this.out.line(/ready on (\S+?),? /)
        if (!line) {
            const [code, signal] = await this.ended
            throw new NotServing(code, signal, this.out.stderr())
        }
        this.url = /ready on (\S+?),? /.exec(line)[1]
        this.port = Number(new URL(this.url).port)
        this.pid = this.child.pid
        if (this.client) this.client.base = this.url
        else this.client = new Client(this.url)
        for (const other of this.others ?? []) other.base = this.url
    }

    get running() {
        return this.child.exitCode === null && this.child.signalCode === null
    }

    stderr() {
        return this.out.stderr()
    }

    // Ends it as systemd would.
    async halt() {
        this.#closeConnections()
        const since = Date.now()
        if (this.running) this.child.kill('SIGTERM')
        const [code, signal] = await this.ended
        assertClean(this.stderr(), 'the server')
        assert.deepEqual({ code, signal }, { code: 0, signal: null }, this.stderr().slice(-2000))
        return Date.now() - since
    }

    // kill -9
    async kill() {
        this.child.kill('SIGKILL')
        await this.ended
        this.#closeConnections()
    }

    async restart(env) {
        await this.halt()
        await this.serve(env)
    }

    async stop() {
        try {
            return await this.halt()
        } finally {
            if (this.ownsDir) rmSync(this.dir, { recursive: true, force: true })
        }
    }

    // Another caller, with cookies and connections of its own.
    visitor(options) {
        const client = new Client(this.url, options)
        this.others = [...(this.others ?? []), client]
        return client
    }

    // Somebody of the staff, signed in.
    async staff(name = 'sato', role = 'clerk') {
        await towndeskDone(['staff', 'add', name, '--role', role, '--db', this.db], { input: PASSWORD + '\n', bin: this.bin })
        return this.signIn(name)
    }

    async signIn(name = 'sato', password = PASSWORD) {
        const client = this.visitor()
        const answer = await client.post('/api/v1/session', { json: { name, password } })
        assert.equal(answer.status, 200, answer.text)
        client.headers.authorization = `Bearer ${answer.json.token}`
        return client
    }

    async caseCount() {
        const { status, text } = await this.client.get('/metrics')
        assert.equal(status, 200, text)
        return [...text.matchAll(/^towndesk_cases\{status="\w+"\} (\d+)$/gm)].reduce((sum, m) => sum + Number(m[1]), 0)
    }

    #closeConnections() {
        for (const client of [this.client, ...(this.others ?? [])]) client?.close()
    }
}

export class NotServing extends Error {
    constructor(code, signal, stderr) {
        super(`towndesk serve ended with ${code ?? signal}: ${stderr.slice(-4000)}`)
        Object.assign(this, { code, signal, stderr })
    }
}

// Everything that a child says; line() resolves with the first line of stdout that matches, or null.
function collect(child) {
    const said = { stdout: [], stderr: [] }
    let waiting = null
    const text = (stream) => Buffer.concat(said[stream]).toString()
    const look = () => {
        const line = waiting && text('stdout').split('\n').slice(0, -1).find((l) => waiting.pattern.test(l + ' '))
        if (line) waiting.resolve(line + ' ')
    }
    child.stdout.on('data', (d) => (said.stdout.push(d), look()))
    child.stderr.on('data', (d) => said.stderr.push(d))
    child.on('close', () => waiting?.resolve(null))
    return {
        stdout: () => text('stdout'),
        stderr: () => text('stderr'),
        line: (pattern) => new Promise((resolve) => ((waiting = { pattern, resolve }), look())),
    }
}
