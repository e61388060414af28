// kill -9 at random moments under load, again and again on the same file: every 201 is there afterwards
// with its photo's bytes, and the file verifies. ROUNDS=200 SEED=… node --test tests/load/kill.test.mjs
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Town, built, executable, folder, towndeskDone } from '../support/town.mjs'
import { jpegPhoto, sha256 } from '../support/photo.mjs'
import { seededRandom } from '../support/random.mjs'

const CLIENTS = 8
const rounds = Number(process.env.ROUNDS ?? 6)

test(`kill -9, ${rounds} times, with ${CLIENTS} clients`, { timeout: 60000 + rounds * 30000 }, async (t) => {
    const random = seededRandom()
    t.diagnostic(`SEED=${random.seed}`)
    const photos = Array.from({ length: 12 }, (_, i) => jpegPhoto({ seed: 1000 + i, width: 320 + 40 * i, height: 240 + 30 * i, lat: 35 + i / 100, lon: 139 }))
    const digests = photos.map(sha256)
    const town = await Town.start({ dir: folder(t), bin: built('release') ?? executable() })
    await town.staff()
    const acknowledged = new Map() // key -> {ref, text, digest}
    const unanswered = [] // what a phone would send again

    const one = async (report) => {
        const answer = await town.client.post('/api/v1/reports', {
            fields: { description: report.text, ...(report.photo === null ? {} : { photo: photos[report.photo] }) },
            headers: { 'idempotency-key': report.key },
        }).catch((e) => (e.code === 'ERR_ASSERTION' ? Promise.reject(e) : null))
        if (answer?.status === 201) acknowledged.set(report.key, { ref: answer.json.ref, text: report.text, digest: report.photo === null ? null : digests[report.photo] })
        else if (!answer) unanswered.push(report)
        else assert.equal(answer.status, 503, answer.text)
        return answer
    }

    let number = 0
    let sentAgain = 0
    for (let round = 0; round < rounds; round++) {
        let going = true
        const clients = Array.from({ length: CLIENTS }, async () => {
            while (going) {
                const again = unanswered.length && random.next() < 0.5 ? unanswered.pop() : null
                sentAgain += again ? 1 : 0
                const report = again ?? { key: randomUUID(), text: `report ${++number}`, photo: random.next() < 0.6 ? random.below(photos.length) : null }
                if (!(await one(report))) return
            }
        })
        await new Promise((resolve) => setTimeout(resolve, 30 + random.below(1200)))
        going = false
        await town.kill()
        await Promise.all(clients)
        await town.serve()
    }
    for (const report of unanswered.splice(0)) await one(report)
    t.diagnostic(`${acknowledged.size} acknowledged, ${sentAgain} sent again`)
    assert.ok(acknowledged.size >= rounds, 'there was no load')

    const staff = await town.signIn()
    for (const { ref, text, digest } of acknowledged.values()) {
        const found = await staff.case(ref)
        assert.equal(found.description, text)
        if (digest) assert.equal(sha256((await staff.get(found.photos[0].original_url)).body), digest)
    }
    assert.equal(new Set([...acknowledged.values()].map((a) => a.ref)).size, acknowledged.size)
    assert.equal(await town.caseCount(), acknowledged.size, 'each was sent until it was acknowledged, with its key')
    await town.halt()
    await towndeskDone(['verify', town.db], { bin: town.bin })
})
