// What pages weigh on their first visit, as it comes over the wire. Prints the figures; fails past the
// budgets: a form page 45 kB and six requests, its HTML and CSS 20 kB.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town } from '../support/town.mjs'
import { launch, openPage, quiet } from './lib/browser.mjs'

const BYTES_MAX = 45 * 1024
const TEXT_BYTES_MAX = 20 * 1024
const REQUESTS_MAX = 6

let town, browser
before(async () => {
    town = await Town.start()
    browser = await launch()
})
after(async () => {
    await browser?.close()
    await town?.stop()
})

for (const lang of ['ja', 'en']) {
    for (const path of ['/', '/report', '/r', '/help']) {
        test(`${path} in ${lang}`, async (t) => {
            const page = await openPage(browser, { locale: lang })
            const session = await page.context().newCDPSession(page)
            await session.send('Network.enable')
            const loads = new Map()
            session.on('Network.responseReceived', ({ requestId, response, type }) => loads.set(requestId, { type, url: response.url, bytes: 0 }))
            session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => loads.has(requestId) && (loads.get(requestId).bytes = encodedDataLength))
            await page.goto(`${town.url}${path}?lang=${lang}`, { waitUntil: 'networkidle' })
            const all = [...loads.values()].filter((l) => !l.url.startsWith('data:'))
            const sum = (list) => list.reduce((n, l) => n + l.bytes, 0)
            const text = sum(all.filter((l) => /Document|Stylesheet/.test(l.type)))
            t.diagnostic(`${all.length} requests, ${sum(all)} bytes, of which HTML and CSS ${text}: ${all.map((l) => `${new URL(l.url).pathname} ${l.bytes}`).join(', ')}`)
            assert.ok(all.every((l) => l.url.startsWith(town.url)), 'something comes from elsewhere')
            assert.ok(all.length >= 2 && all.length <= REQUESTS_MAX, `${all.length} requests`)
            assert.ok(sum(all) <= BYTES_MAX, `${sum(all)} bytes`)
            assert.ok(text <= TEXT_BYTES_MAX, `${text} bytes of HTML and CSS`)
            await page.context().close()
            quiet(page)
        })
    }
}
