// The resident's way in a real browser: with and without JavaScript, by keyboard, in both languages, at
// the widths and in the colours that people have.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Town, folder } from '../support/town.mjs'
import { heicPhoto, jpegPhoto } from '../support/photo.mjs'
import { phonePhoto } from '../support/shared.mjs'
import { accessible, launch, openPage, quiet } from './lib/browser.mjs'

let town, staff, browser, files, dir
before(async () => {
    town = await Town.start()
    staff = await town.staff()
    browser = await launch()
    dir = folder()
    files = {}
    const real = phonePhoto()
    const made = { ...{ lat: 35.681236, lon: 139.767125 }, bytes: jpegPhoto({ seed: 1, width: 1200, height: 900, lat: 35.681236, lon: 139.767125, orientation: 6 }) }
    files.located = { ...(real ?? made), path: join(dir, 'IMG_0001.jpg') }
    files.plain = { bytes: jpegPhoto({ seed: 2 }), path: join(dir, 'IMG_0002.jpg') }
    files.text = { bytes: Buffer.from('no photo'), path: join(dir, 'notes.jpg') }
    files.heic = { bytes: heicPhoto({ lat: 35, lon: 139 }), path: join(dir, 'IMG_0003.heic') }
    for (const f of Object.values(files)) writeFileSync(f.path, f.bytes)
})
after(async () => {
    await browser?.close()
    if (dir) rmSync(dir, { recursive: true })
    await town?.stop()
})

async function visit(t, path, options = {}) {
    const page = await openPage(browser, { locale: 'ja-JP', ...options })
    t.after(async () => {
        await page.context().close()
        quiet(page)
    })
    await page.goto(town.url + path)
    return page
}

const refOf = (page) => new URL(page.url()).pathname.slice(3)
const send = async (page) => {
    await page.click('form.report button:not([type=button])')
    await page.waitForURL(/\/r\/\w{3}-\w{3}-\w{3}/)
    return refOf(page)
}

for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript'

    test(`a photo with its position becomes a case and a tracking page, ${how}`, async (t) => {
        const page = await visit(t, '/', { javaScriptEnabled })
        await page.click('a[href="/report"]')
        await page.setInputFiles('#photo', [files.located.path, files.plain.path])
        if (javaScriptEnabled) {
            await page.waitForSelector('.chosen li:nth-child(2)')
            assert.match(await page.textContent('.chosen li:first-child'), /✓/)
        }
        await page.fill('#address', '駅の東口')
        await page.check('input[name=category][value=road]')
        await page.fill('#description', '歩道に大きな穴があります。')
        await page.click('.contact summary')
        await page.fill('#contact_name', '山田 花子')
        const ref = await send(page)
        assert.match(await page.textContent('h1'), new RegExp(ref))
        assert.match(await page.textContent('main'), /歩道に大きな穴があります。/)
        assert.doesNotMatch(await page.textContent('body'), /山田/)
        await page.waitForFunction(() => [...document.images].length === 2 && [...document.images].every((i) => (i.loading = 'eager', i.complete && i.naturalWidth > 0)), null, {}).catch(async (e) => {
            if (javaScriptEnabled) throw e
        })
        const found = await staff.case(ref)
        assert.ok(Math.abs(found.location.lat - files.located.lat) < 1e-5 && Math.abs(found.location.lon - files.located.lon) < 1e-5, JSON.stringify(found.location))
        assert.equal(found.location.source, 'exif')
        assert.equal(found.photos.length, 2)
        const original = await staff.get(found.photos[0].original_url)
        assert.deepEqual(original.body, files.located.bytes, 'the original is kept as it was')
        const { json: board } = await staff.get('/api/v1/board')
        assert.ok(board.columns[0].cards.some((c) => c.ref === ref && c.thumb_url), 'it stands on the board')
    })

    test(`a pin counts, and the page says that the photo disagrees, ${how}`, async (t) => {
        const page = await visit(t, '/report?lang=en', { javaScriptEnabled })
        await page.setInputFiles('#photo', files.located.path)
        await page.click('details:has(#lat) summary')
        await page.fill('#lat', String(files.located.lat + 0.01))
        await page.fill('#lon', String(files.located.lon))
        const ref = await send(page)
        assert.match(await page.textContent('main'), /1\.1 km apart/)
        const { location } = await staff.case(ref)
        assert.deepEqual([location.source, location.conflict], ['pin', true])
    })

    test(`mistakes are shown above and beside, answers stay, ${how}`, async (t) => {
        const page = await visit(t, '/report?lang=en', { javaScriptEnabled })
        await page.setInputFiles('#photo', files.text.path)
        await page.fill('#address', 'by the "old" gate')
        await page.click('.contact summary')
        await page.fill('#contact_email', 'nobody')
        await page.click('form.report button:not([type=button])')
        await page.waitForSelector('.mistakes')
        assert.match(await page.title(), /^Error: /)
        assert.equal(await page.inputValue('#address'), 'by the "old" gate')
        assert.equal(await page.inputValue('#contact_email'), 'nobody')
        await page.click('.mistakes a[href="#photo"]')
        assert.equal(await page.evaluate(() => location.hash), '#photo')
        await page.setInputFiles('#photo', files.plain.path)
        await page.fill('#contact_email', 'somebody@example.jp')
        const ref = await send(page)
        assert.equal((await staff.case(ref)).contact.email, 'somebody@example.jp')
    })
}

test("the device's position is used when asked for, and only then", async (t) => {
    const page = await visit(t, '/report?lang=en', { geolocation: { latitude: 35.1234, longitude: 139.4321, accuracy: 25 }, permissions: ['geolocation'] })
    assert.equal(await page.inputValue('#lat'), '')
    await page.click('[data-here] button')
    await page.waitForFunction(() => document.querySelector('#lat').value !== '')
    await page.fill('#description', 'here')
    const ref = await send(page)
    const { location } = await staff.case(ref)
    assert.deepEqual([location.source, location.lat, location.lon, location.accuracy_m], ['device', 35.1234, 139.4321, 25])
    assert.match(await page.textContent('main'), /the position of your device/)
})

test('a refused position is no dead end', async (t) => {
    const page = await visit(t, '/report?lang=en', { permissions: [] })
    await page.click('[data-here] button')
    await page.waitForFunction(() => /could not be found/.test(document.querySelector('[data-here]').textContent))
    await page.fill('#address', 'north gate')
    await page.fill('#description', 'x')
    assert.equal((await staff.case(await send(page))).location.source, 'none')
})

test('a chosen photo can be taken back; six are too many', async (t) => {
    const page = await visit(t, '/report?lang=en')
    await page.setInputFiles('#photo', [files.located.path, files.plain.path])
    await page.click('.chosen li:first-child button')
    assert.equal(await page.locator('.chosen li').count(), 1)
    await page.setInputFiles('#photo', Array.from({ length: 6 }, (_, i) => ({ name: `p${i}.jpg`, mimeType: 'image/jpeg', buffer: jpegPhoto({ seed: 200 + i, width: 64, height: 48 }) })))
    assert.ok((await page.locator('.chosen li').count()) <= 5)
    assert.match(await page.textContent('form.report'), /up to 5/)
    const ref = await send(page)
    assert.ok((await staff.case(ref)).photos.length <= 5)
})

test('HEIC: received, kept, and said that it cannot be shown', async (t) => {
    const page = await visit(t, '/report?lang=en')
    await page.setInputFiles('#photo', files.heic.path)
    const ref = await send(page)
    assert.match(await page.textContent('main'), /cannot be shown here/)
    assert.equal((await staff.case(ref)).photos[0].format, 'heic')
})

test('by keyboard alone: from the first page to the reference', async (t) => {
    const page = await visit(t, '/?lang=en')
    const tabTo = async (selector) => {
        for (let i = 0; i < 60; i++) {
            await page.keyboard.press('Tab')
            if (await page.evaluate((s) => document.activeElement.matches(s), selector)) {
                const ring = await page.evaluate(() => {
                    const e = document.activeElement
                    const seen = (x) => { const s = getComputedStyle(x); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none' }
                    return seen(e) || [...(e.closest('label, .field') ?? e).querySelectorAll('*'), e.parentElement].some(seen)
                })
                assert.ok(ring, `${selector} has the focus, but nobody sees it`)
                return
            }
        }
        assert.fail(`Tab never reaches ${selector}`)
    }
    await page.keyboard.press('Tab')
    assert.ok(await page.evaluate(() => document.activeElement.matches('.skip')), 'the first stop skips to the content')
    await tabTo('a[href="/report"]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/report/)
    await tabTo('#address')
    await page.keyboard.type('in front of the post office')
    await tabTo('input[name=category]')
    await page.keyboard.press('ArrowDown')
    await tabTo('#description')
    await page.keyboard.type('A lid is missing.')
    await tabTo('.contact summary')
    await page.keyboard.press('Enter')
    await tabTo('#contact_name')
    await page.keyboard.type('Hanako')
    await tabTo('form.report .send button')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/r\//)
    const found = await staff.case(refOf(page))
    assert.deepEqual([found.description, found.address, found.contact.name], ['A lid is missing.', 'in front of the post office', 'Hanako'])
    assert.ok(found.category)
})

test('the reference finds the report again; an unknown one gets a neutral sentence', async (t) => {
    const { ref } = await town.client.report({ description: 'look me up' })
    const page = await visit(t, '/?lang=en')
    await page.fill('#ref', ref.toLowerCase().replaceAll('-', ' '))
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(ref))
    assert.match(await page.textContent('main'), /look me up/)
    await page.goto(`${town.url}/r`)
    await page.fill('#ref', 'ABC-DEF-GHJ')
    await page.keyboard.press('Enter')
    await page.waitForSelector('#ref-mistake')
    assert.equal(await page.inputValue('#ref'), 'ABC-DEF-GHJ')
})

test('the language is switched in place and remembered', async (t) => {
    const page = await visit(t, '/report')
    assert.equal(await page.getAttribute('html', 'lang'), 'ja')
    await page.click('a.language')
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
    assert.match(page.url(), /\/report/)
    await page.goto(`${town.url}/help`)
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
})

test('what is done at the desk is seen on the tracking page', async (t) => {
    const { ref, url } = await town.client.report({ description: 'a swing', locale: 'en' })
    const page = await visit(t, `${url}?lang=en`)
    assert.match(await page.textContent('[aria-current=step]'), /Received/)
    await staff.change(ref, { status: 'in_progress' })
    await staff.post(`/api/v1/cases/${ref}/events`, { json: { kind: 'reply', text: 'The new seat comes on Monday.' } })
    await page.reload()
    assert.match(await page.textContent('[aria-current=step]'), /Work/)
    assert.match(await page.textContent('main'), /The new seat comes on Monday\./)
})

test('double click on send makes one case', async (t) => {
    const page = await visit(t, '/report')
    await page.fill('#description', 'impatient')
    const before = await town.caseCount()
    await page.dblclick('form.report .send button')
    await page.waitForURL(/\/r\//)
    assert.equal(await town.caseCount(), before + 1)
})

// ---- the bars ----

test('no violation of WCAG 2.2 AA, no horizontal scroll: {ja, en} × {light, dark} × {320, 640, 1280}', { timeout: 240000 }, async (t) => {
    const long = await town.client.report({
        photo: [files.located.bytes, files.plain.bytes, files.heic.bytes], lat: files.located.lat + 0.02, lon: files.located.lon, location_source: 'pin', category: 'road',
        address: 'とても長い住所'.repeat(20), description: 'https://example.jp/' + 'averylongwordwithoutanybreak'.repeat(8) + ' 道路が陥没しています。',
    })
    await staff.change(long.ref, { status: 'waiting' })
    await staff.post(`/api/v1/cases/${long.ref}/events`, { json: { kind: 'reply', text: '確認しました。'.repeat(10) } })
    const done = await town.client.report({ photo: files.located.bytes, lat: files.located.lat + 0.02, lon: files.located.lon, location_source: 'pin', category: 'road' })
    await staff.change(done.ref, { status: 'done', outcome: 'fixed' })
    const paths = ['/', '/report', `/r/${long.ref}`, `/r/${done.ref}`, '/r', '/r/ABC-DEF-GHJ', '/help', '/staff/sign-in', '/nowhere']
    for (const lang of ['ja', 'en']) {
        for (const colorScheme of ['light', 'dark']) {
            const page = await openPage(browser, { colorScheme, locale: lang })
            for (const width of [320, 640, 1280]) {
                await page.setViewportSize({ width, height: 800 })
                for (const path of paths) {
                    await page.goto(`${town.url}${path}?lang=${lang}`)
                    await accessible(page, `${path} ${lang} ${colorScheme} ${width}`)
                }
                // A form with every mistake and everything open.
                await page.goto(`${town.url}/report?lang=${lang}`)
                await page.setInputFiles('#photo', files.located.path)
                await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)))
                await page.fill('#lat', 'x')
                await page.fill('#contact_email', 'nobody')
                await accessible(page, `/report with a photo ${lang} ${colorScheme} ${width}`)
                await page.click('form.report .send button')
                await page.waitForSelector('.mistakes')
                await accessible(page, `/report with mistakes ${lang} ${colorScheme} ${width}`)
            }
            await page.context().close()
            quiet(page)
        }
    }
})

test('targets for fingers are 44 px, or 24 px within text', async (t) => {
    const page = await visit(t, '/report', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
    const small = await page.evaluate(() => [...document.querySelectorAll('button, summary, input:not([type=hidden]):not([type=file]), textarea, .choice, a.button')]
        .filter((e) => e.checkVisibility?.() ?? true)
        .filter((e) => !e.closest('.choice') || e.matches('.choice'))
        .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
        .filter(([, h]) => h > 0 && h < 43.5))
    assert.deepEqual(small, [])
})

test('forced colours, reduced motion and 200 % text break nothing', async (t) => {
    for (const options of [{ forcedColors: 'active' }, { reducedMotion: 'reduce' }]) {
        const page = await visit(t, '/report', { ...options, viewport: { width: 640, height: 800 } })
        await page.fill('#description', 'x')
        await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(over <= 0, `${over} px too wide`)
    }
})

test('what an injected script may do: nothing', async (t) => {
    const page = await visit(t, '/report')
    await page.evaluate(() => {
        const s = document.createElement('div')
        document.body.append(s)
        try { s.innerHTML = '<img src=x onerror="window.pwned=1">' } catch { /* trusted types */ }
        const inline = document.createElement('script')
        try { inline.textContent = 'window.pwned=1'; document.body.append(inline) } catch { /* the same */ }
    }).catch(() => {})
    assert.equal(await page.evaluate(() => window.pwned), undefined)
    assert.ok(page.mistakes.length > 0, 'the browser says that it refused')
    page.mistakes.length = 0
})
