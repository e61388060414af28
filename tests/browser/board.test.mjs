// The staff's board in a real browser against the real server: signing in, moving by keyboard, by menu
// and by drag, losing a race, losing the network, the open case, and the bars it has to meet.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town } from '../support/town.mjs'
import { jpegPhoto } from '../support/photo.mjs'
import { accessible, launch, openPage, quiet } from './lib/browser.mjs'

const PASSWORD = 'correct horse battery'
let town, sato, tanaka, browser

before(async () => {
    town = await Town.start()
    sato = await town.staff('sato')
    tanaka = await town.staff('tanaka')
    for (let i = 0; i < 12; i++) {
        await town.client.report({
            locale: i % 3 ? 'ja' : 'en',
            description: i % 3 ? `歩道のブロックが浮いていて、つまずきそうです（その${i}）` : `The kerb is broken, number ${i}`,
            category: ['road', 'light', 'park'][i % 3],
            ...(i % 4 ? { address: `本町${i}丁目`, lat: 35.4 + i / 500, lon: 139.4 } : {}),
            ...(i % 2 ? { photo: jpegPhoto({ seed: i, lat: 35.4 + i / 500 + (i === 5 ? 0.01 : 0), lon: 139.4 }) } : {}),
        })
    }
    browser = await launch()
})
after(async () => {
    await browser?.close()
    await town?.stop()
})

// A page of the board, signed in.
async function board(t, { who = 'sato', path = '/staff', ...options } = {}) {
    const page = await openPage(browser, options)
    t.after(async () => {
        await page.context().close()
        quiet(page)
    })
    await page.goto(`${town.url}/staff/sign-in?next=${encodeURIComponent(path)}`)
    await page.fill('[name=name]', who)
    await page.fill('[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${town.url}${path}`)
    await page.waitForSelector('.card-link, tbody a, .case')
    return page
}

const column = (page, status) => page.locator(`.column[data-status=${status}]`)
const card = (page, ref) => page.locator(`.card[data-ref="${ref}"]`)
const firstOf = (page, status) => column(page, status).locator('.card').first().getAttribute('data-ref')
const focused = (page) => page.evaluate(() => document.activeElement.closest('.card')?.dataset.ref ?? document.activeElement.tagName)
const said = async (page, words) => {
    await page.waitForFunction((source) => new RegExp(source).test(document.querySelector('[role=status]').textContent), words.source)
}
const statusOf = async (ref) => (await sato.case(ref)).status

test('a stranger is sent to the sign-in and comes back to the case he asked for', async (t) => {
    const [{ ref }] = await sato.list()
    const page = await board(t, { path: `/staff/cases/${ref}` })
    await page.waitForSelector('.timeline')
    assert.equal(await page.locator('.case-head .ref').textContent(), ref)
    assert.equal(await page.title(), `${ref} – ${await page.locator('.top-town').textContent()}`)
    assert.equal(await column(page, 'new').locator('.count').textContent(), '12 cases')
})

test('with the keyboard alone: walk, move, hear where it went, go on with the next', async (t) => {
    const page = await board(t)
    const ref = await firstOf(page, 'new')
    await card(page, ref).locator('.card-link').focus()
    await page.keyboard.press('ArrowDown')
    assert.notEqual(await focused(page), ref)
    await page.keyboard.press('ArrowUp')
    assert.equal(await focused(page), ref)
    await page.keyboard.press('m')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await said(page, new RegExp(`${ref} moved to In progress, 1 of 1`))
    await card(page, ref).and(page.locator('[data-moving]')).waitFor({ state: 'detached' })
    assert.equal(await statusOf(ref), 'in_progress')
    assert.equal(await focused(page), await firstOf(page, 'new'))
    await page.keyboard.press('ArrowRight')
    assert.equal(await focused(page), ref)
    await page.keyboard.press('m')
    await page.keyboard.press('1')
    await said(page, new RegExp(`${ref} moved to New`))
})

test('done is asked how, by keyboard, and cannot be left open', async (t) => {
    const page = await board(t)
    const ref = await firstOf(page, 'new')
    await card(page, ref).locator('.card-link').focus()
    await page.keyboard.press('m')
    await page.keyboard.press('5')
    await page.getByRole('dialog', { name: 'Move to Done' }).waitFor()
    await page.getByRole('button', { name: 'Move to Done' }).click()
    await page.getByText('Choose how it ended.').waitFor()
    await page.getByLabel('Not ours').check()
    await page.getByLabel(/Internal note/).fill('The prefecture keeps this road.')
    await page.getByRole('button', { name: 'Move to Done' }).click()
    await said(page, new RegExp(`${ref} moved to Done`))
    await column(page, 'done').getByText('Not ours').first().waitFor()
    await page.waitForFunction((r) => !document.querySelector(`[data-ref="${r}"][data-moving]`), ref)
    const now = await sato.case(ref)
    assert.deepEqual([now.status, now.outcome], ['done', 'not_ours'])
    assert.ok(now.events.some((e) => e.kind === 'note' && !e.public && /prefecture/.test(e.text)))
})

test('by drag', async (t) => {
    const page = await board(t)
    const ref = await firstOf(page, 'new')
    const from = await card(page, ref).boundingBox()
    const to = await column(page, 'waiting').boundingBox()
    await page.mouse.move(from.x + 80, from.y + 60)
    await page.mouse.down()
    await page.mouse.move(from.x + 100, from.y + 80, { steps: 4 })
    await page.mouse.move(to.x + 90, to.y + 200, { steps: 8 })
    await page.waitForSelector('.column[data-status=waiting][data-over]')
    await page.mouse.up()
    await said(page, new RegExp(`${ref} moved to Waiting`))
    await page.waitForFunction((r) => !document.querySelector(`[data-ref="${r}"][data-moving]`), ref)
    assert.equal(await statusOf(ref), 'waiting')
})

test('who comes second is told who was first, and with what', async (t) => {
    const page = await board(t)
    const ref = await firstOf(page, 'new')
    await tanaka.change(ref, { status: 'checking' })
    await card(page, ref).getByRole('button').click()
    await page.getByRole('menuitemradio', { name: 'Waiting' }).click()
    const notice = page.locator('.notice')
    await notice.waitFor()
    assert.match(await notice.textContent(), new RegExp(`${ref}.*tanaka.*Status: New → Checking`))
    await column(page, 'checking').locator(`[data-ref="${ref}"]`).waitFor()
    assert.equal(await statusOf(ref), 'checking')
})

test('without a network the card comes back with its reason, and can be sent again', async (t) => {
    const page = await board(t)
    const ref = await firstOf(page, 'new')
    await page.context().setOffline(true)
    await card(page, ref).getByRole('button').click()
    await page.getByRole('menuitemradio', { name: 'Checking' }).click()
    await page.locator('.notice-error').waitFor()
    assert.match(await page.locator('.notice-error').textContent(), /is back where it was.*could not be reached/)
    await column(page, 'new').locator(`[data-ref="${ref}"]`).waitFor()
    await page.locator('.banner').waitFor()
    await page.context().setOffline(false)
    await page.locator('.notice-error').getByRole('button', { name: 'Try again' }).click()
    await column(page, 'checking').locator(`[data-ref="${ref}"]`).waitFor()
    await page.locator('.banner').waitFor({ state: 'detached' })
})

test('changes by others come without asking', async (t) => {
    const page = await board(t)
    const ref = await firstOf(page, 'new')
    await tanaka.change(ref, { status: 'in_progress' })
    await column(page, 'in_progress').locator(`[data-ref="${ref}"]`).waitFor({ timeout: 25_000 })
})

test('a note is internal unless one chooses otherwise; a draft outlives a reload', async (t) => {
    const [{ ref }] = await sato.list({ status: 'new' })
    const page = await board(t, { path: `/staff/cases/${ref}` })
    const text = page.locator('.compose textarea')
    await text.fill('Half a thought')
    await page.reload()
    await text.waitFor()
    assert.equal(await text.inputValue(), 'Half a thought')
    await page.getByRole('button', { name: 'Add the note' }).click()
    await page.locator('.event-internal', { hasText: 'Half a thought' }).waitFor()
    await page.locator('.compose label', { hasText: 'Reply' }).click()
    await text.fill('We will be there on Tuesday.')
    assert.match(await page.locator('.preview').textContent(), /The resident will read.*Tuesday/)
    await page.getByRole('button', { name: 'Publish the reply' }).click()
    await page.locator('.event-public', { hasText: 'Tuesday' }).waitFor()
    assert.equal(await page.getByRole('radio', { name: 'Internal note' }).isChecked(), true)
    const { events } = await sato.case(ref)
    assert.deepEqual(events.filter((e) => /note|reply/.test(e.kind)).map((e) => [e.kind, e.public]), [['note', false], ['reply', true]])
})

test('the open case: several changes in one, what is wrong stands at its field, what was chosen is kept', async (t) => {
    const [{ ref, version }] = await sato.list({ status: 'new' })
    const page = await board(t, { path: `/staff/cases/${ref}` })
    await page.locator('#assignee').fill('nobody-here')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.handling .field-error').waitFor()
    await tanaka.change(ref, { note: 'I was here' })
    await page.getByLabel('Department').last().selectOption('parks')
    await page.locator('#assignee').fill('sato')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.handling .warning').waitFor()
    assert.match(await page.locator('.handling .warning').textContent(), /tanaka/)
    assert.equal(await page.locator('#assignee').inputValue(), 'sato')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' })
    const now = await sato.case(ref)
    assert.deepEqual([now.department?.code, now.assignee], ['parks', 'sato'])
    assert.ok(now.version > version)
})

test('search, department, table and case are in the address, and back goes back', async (t) => {
    const page = await board(t)
    await page.keyboard.press('/')
    await page.keyboard.type('kerb')
    await page.waitForURL(/q=kerb/)
    await page.waitForFunction(() => [...document.querySelectorAll('.card-title')].every((e) => /kerb/.test(e.textContent)))
    await page.locator('.card-link').first().click()
    await page.waitForSelector('.timeline')
    assert.match(page.url(), /\/staff\/cases\/[0-9A-Z-]{11}\?q=kerb$/)
    await page.keyboard.press('Escape')
    await page.locator('.case').waitFor({ state: 'detached' })
    assert.match(await focused(page), /^[0-9A-Z-]{11}$/)
    await page.goBack()
    await page.waitForSelector('.timeline')
    await page.goBack()
    await page.getByRole('button', { name: 'Table' }).click()
    await page.waitForURL(/view=table/)
    await page.waitForSelector('tbody a')
    await page.reload()
    await page.waitForSelector('tbody a')
    assert.equal(await page.locator('#search').inputValue(), 'kerb')
})

test('a session that has ended leads to the sign-in and back, and loses no draft', async (t) => {
    const [{ ref }] = await sato.list({ status: 'new' })
    const page = await board(t, { path: `/staff/cases/${ref}` })
    await page.locator('.compose textarea').fill('Not yet sent')
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Add the note' }).click()
    await page.locator('#sign-in').click()
    await page.fill('[name=name]', 'sato')
    await page.fill('[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.locator('.compose textarea').waitFor()
    assert.equal(await page.locator('.compose textarea').inputValue(), 'Not yet sent')
})

test('single letters can be switched off', async (t) => {
    const page = await board(t)
    await page.locator('.card-link').first().focus()
    await page.keyboard.press('?')
    await page.getByLabel(/single-letter/).uncheck()
    await page.keyboard.press('Escape')
    await page.locator('.card-link').first().focus()
    await page.keyboard.press('m')
    await page.keyboard.press('?')
    assert.equal(await page.locator('.menu, dialog').count(), 0)
    await page.keyboard.press('ArrowDown')
    assert.match(await focused(page), /^[0-9A-Z-]{11}$/)
})

test('6,000 cards: few are in the document, and the last can be reached', async (t) => {
    const page = await openPage(browser)
    t.after(() => page.context().close())
    const all = Array.from({ length: 6000 }, (_, i) => {
        const ref = String(100_000_000 + i).replace(/(...)(...)(...)/, '$1-$2-$3')
        const at = new Date(Date.UTC(2026, 10, 1) - i * 60_000).toISOString()
        return { ref, version: 1, status: 'new', outcome: 'none', title: `Case ${i}`, place: 'Here', category: null, department: null,
            assignee: null, reported_at: at, updated_at: at, due_at: null, closed_at: null, thumb_url: null, photos: 0, alike: 0,
            location: { lat: null, lon: null, source: 'none', accuracy_m: null, conflict: false } }
    })
    const part = (from, count) => ({ cards: all.slice(from, from + count), next_cursor: from + count < all.length ? String(from + count) : null })
    await page.route('**/api/v1/board', (route) => route.fulfill({ json: { version: '1',
        columns: ['new', 'checking', 'in_progress', 'waiting', 'done'].map((status) => ({ status, count: status === 'new' ? 6000 : 0,
            ...(status === 'new' ? part(0, 50) : { cards: [], next_cursor: null }) })) } }))
    await page.route('**/api/v1/cases?*', (route) => {
        const asked = new URL(route.request().url()).searchParams
        const { cards, next_cursor } = part(Number(asked.get('cursor')), Number(asked.get('limit')))
        return route.fulfill({ json: { cases: cards, next_cursor } })
    })
    await page.goto(`${town.url}/staff/sign-in?next=/staff`)
    await page.fill('[name=name]', 'sato')
    await page.fill('[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.card-link')
    await page.evaluate(async () => {
        const column = document.querySelector('.column-scroll')
        for (let i = 0; i < 400 && !document.querySelector('[data-ref="100-005-999"]'); i++) {
            column.scrollTop = column.scrollHeight
            await new Promise((next) => setTimeout(next, 25))
        }
    })
    assert.equal(await card(page, '100-005-999').getAttribute('aria-posinset'), '6000')
    assert.equal(await card(page, '100-005-999').getAttribute('aria-setsize'), '6000')
    const nodes = await page.evaluate(() => document.querySelectorAll('*').length)
    assert.ok(nodes < 900, `${nodes} nodes`)
    await page.locator('.card-link').last().focus()
    await page.keyboard.press('Home')
    await page.waitForFunction(() => document.activeElement.closest('.card')?.dataset.ref === '100-000-000')
    await page.keyboard.press('End')
    await page.waitForFunction(() => document.activeElement.closest('.card')?.dataset.ref === '100-005-999')
})

test('what the browser loads first is within its budget', async (t) => {
    const page = await openPage(browser)
    t.after(() => page.context().close())
    const sizes = {}
    page.on('response', async (r) => {
        const name = /\/assets\/(?:staff[/.-])?(staff)[^/]*\.(js|css)$/.exec(r.url())
        if (name) sizes[name[2]] = { bytes: Number(r.headers()['content-length']), packed: r.headers()['content-encoding'] }
    })
    await page.goto(`${town.url}/staff/sign-in?next=/staff`)
    await page.fill('[name=name]', 'sato')
    await page.fill('[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.card-link')
    t.diagnostic(JSON.stringify(sizes))
    assert.ok(sizes.js.packed && sizes.js.bytes <= 60_000, JSON.stringify(sizes))
    assert.ok(sizes.css.packed && sizes.css.bytes <= 15_000, JSON.stringify(sizes))
})

// Everything that can be pressed has 44 px, but for words within a sentence or a list.
async function roomy(page, what) {
    const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, select, input:not([type=radio]):not([type=checkbox]), .choice, .button')]
            .filter((e) => e.checkVisibility() && !e.classList.contains('button-link'))
            .map((e) => ({ e, box: e.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
            .map(({ e, box }) => `${e.outerHTML.slice(0, 100)} ${box.width}x${box.height}`))
    assert.deepEqual(small, [], what)
}

for (const locale of ['ja-JP', 'en-GB']) {
    for (const colorScheme of ['light', 'dark']) {
        for (const width of [320, 640, 1280]) {
            test(`within the bars: ${locale}, ${colorScheme}, ${width} px`, async (t) => {
                const page = await board(t, { locale, colorScheme, viewport: { width, height: 800 } })
                const check = async (what) => {
                    await accessible(page, what)
                    await roomy(page, what)
                }
                await check('board')
                await page.locator('.card-menu:visible').first().click()
                await check('menu')
                await page.keyboard.press('5')
                await page.waitForSelector('dialog')
                await check('outcome')
                await page.keyboard.press('Escape')
                await page.locator('.card-link:visible').first().click()
                await page.waitForSelector('.timeline')
                await page.locator('.compose label').last().click()
                await page.locator('.compose textarea').fill('…')
                await check('case')
                await page.locator('.case-head button').click()
                await page.locator('.switch button').nth(1).click()
                await page.waitForSelector('tbody a')
                await check('table')
            })
        }
    }
}
