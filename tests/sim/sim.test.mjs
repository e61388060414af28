// Residents and clerks at random, from a printed seed, against a model in memory: whatever they do and
// whenever the server is stopped or killed, lists, board, cases and search say what the model says.
// STEPS=5000 SEED=… node --test tests/sim
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Town, folder, towndeskDone } from '../support/town.mjs'
import { jpegPhoto } from '../support/photo.mjs'
import { seededRandom } from '../support/random.mjs'

const steps = Number(process.env.STEPS ?? 400)
const STATUSES = ['new', 'checking', 'in_progress', 'waiting', 'done']
// None is part of a category's name, by which cases are found as well.
const WORDS = ['陥没', '段差', 'ブランコ', '落石', '騒音', 'gravel', 'kerb', 'swing', 'puddle', 'squeak']
const CATEGORIES = { road: 'roads', light: 'roads', park: 'parks', drain: 'water', waste: 'environment' }

test(`${steps} steps of a town's life`, { timeout: 60000 + steps * 300 }, async (t) => {
    const random = seededRandom()
    t.diagnostic(`SEED=${random.seed}`)
    const photos = [1, 2, 3].map((seed) => jpegPhoto({ seed, width: 160, height: 120 }))
    const town = await Town.start({ dir: folder(t) })
    const clerks = [await town.staff('sato'), await town.staff('tanaka')]
    const model = [] // in the order of their reporting
    let keys = 0
    const any = () => random.pick(model)
    const clerk = () => random.pick(clerks)

    const actions = {
        async report() {
            const words = [random.pick(WORDS), random.pick(WORDS)]
            const category = random.pick([...Object.keys(CATEGORIES), undefined])
            const photo = random.next() < 0.3 ? [random.pick(photos)] : []
            const place = random.next() < 0.5 ? { lat: 35 + random.below(1000) / 1000, lon: 139 + random.below(1000) / 1000 } : {}
            const key = `key ${++keys}`
            const fields = { description: words.join(' '), category, photo, ...place }
            const made = await town.client.report(fields, { key })
            model.push({ ref: made.ref, words, category: category ?? null, department: CATEGORIES[category] ?? null, photos: photo.length, place, status: 'new', outcome: 'none', title: null, notes: [], version: 1, again: { fields, key, made } })
        },
        async sendAgain() {
            const { again } = any()
            assert.deepEqual(await town.client.report(again.fields, { key: again.key }), again.made)
        },
        async change() {
            const c = any()
            const status = random.pick(STATUSES)
            const outcome = status === 'done' ? random.pick(['fixed', 'declined', 'not_ours']) : undefined
            const stale = random.next() < 0.2
            const title = random.next() < 0.3 ? `title ${random.below(100)}` : undefined
            const answer = await clerk().change(c.ref, { status, outcome, title }, stale ? c.version + 1 : c.version)
            assert.equal(answer.status, stale ? 412 : 200, answer.text)
            if (stale) return
            Object.assign(c, { status, outcome: outcome ?? 'none', title: title ?? c.title, version: answer.json.version })
        },
        async say() {
            const c = any()
            const kind = random.pick(['note', 'reply'])
            const text = `${kind} ${random.below(1e6)}`
            assert.equal((await clerk().post(`/api/v1/cases/${c.ref}/events`, { json: { kind, text } })).status, 201)
            c.notes.push([kind, text])
            c.version = (await clerk().case(c.ref)).version
        },
        async look() {
            const c = any()
            const found = await clerk().case(c.ref)
            assert.deepEqual(
                [found.status, found.outcome, found.version, found.category?.code ?? null, found.department?.code ?? null, found.photos.length, found.description],
                [c.status, c.outcome, c.version, c.category, c.department, c.photos, c.words.join(' ')],
            )
            if (c.title) assert.equal(found.title, c.title)
            assert.deepEqual(found.events.filter((e) => /note|reply/.test(e.kind)).map((e) => [e.kind, e.text]), c.notes)
        },
        async list() {
            const status = random.pick(STATUSES), department = random.pick(['roads', 'parks', 'water'])
            const refs = (list) => list.map((c) => c.ref)
            const newest = [...model].reverse()
            assert.deepEqual(refs(await clerk().list({ status, limit: 1 + random.below(20) })), refs(newest.filter((c) => c.status === status)))
            assert.deepEqual(refs(await clerk().list({ department })), refs(newest.filter((c) => c.department === department)))
            const word = random.pick(WORDS)
            assert.deepEqual(refs(await clerk().list({ q: word })), refs(newest.filter((c) => c.words.includes(word))), word)
        },
        async board() {
            const { json } = await clerk().get('/api/v1/board')
            for (const column of json.columns) assert.equal(column.count, model.filter((c) => c.status === column.status).length, column.status)
        },
        async restart() {
            await town.restart()
        },
        async kill() {
            await town.kill()
            await town.serve()
        },
    }
    const weights = { report: 30, sendAgain: 5, change: 25, say: 10, look: 15, list: 8, board: 6, restart: 0.5, kill: 0.5 }
    const hat = Object.entries(weights).flatMap(([name, n]) => Array(n * 2).fill(name))

    await actions.report()
    for (let i = 0; i < steps; i++) {
        const name = random.pick(hat)
        try {
            await actions[name]()
        } catch (e) {
            e.message = `step ${i}, ${name}, SEED=${random.seed}: ${e.message}`
            throw e
        }
    }
    await actions.list()
    await actions.board()
    assert.equal(await town.caseCount(), model.length)
    await town.halt()
    await towndeskDone(['verify', town.db])
})
