// Makes the README's pictures from the demo town, so that they can be made again whenever a page
// changes:
//
//     node tests/shots/shots.mjs [folder for the pictures, default tests/shots]
import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Town, executable } from '../support/town.mjs'
import { launch } from '../browser/lib/browser.mjs'

const to = resolve(process.argv[2] ?? dirname(fileURLToPath(import.meta.url)))
mkdirSync(to, { recursive: true })
const PASSWORD = 'correct horse battery'

const town = await Town.start({ args: ['--demo'], bin: executable('release', 'asan') })
const staff = await town.staff('shots')
const browser = await launch()
const pages = []

async function page(options) {
    const context = await browser.newContext({ deviceScaleFactor: 1.5, reducedMotion: 'reduce', timezoneId: 'Asia/Tokyo', ...options })
    pages.push(context)
    return context.newPage()
}

async function shot(p, name, options) {
    await p.evaluate(() => Promise.all([...document.images].map((i) => ((i.loading = 'eager'), i.decode().catch(() => {})))))
    const path = join(to, `${name}.jpg`)
    await p.screenshot({ path, type: 'jpeg', quality: 84, ...options })
    console.log(path)
}

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const desk = { viewport: { width: 1280, height: 800 } }

try {
    const all = await staff.list({ status: 'in_progress' })
    const shown = all.find((c) => c.thumb_url && c.title.length > 8) ?? all[0]

    const { body: photo } = await staff.get((await staff.case(shown.ref)).photos[0].original_url)

    const resident = await page({ ...phone, locale: 'ja-JP' })
    await resident.goto(`${town.url}/`)
    await shot(resident, 'front')
    await resident.goto(`${town.url}/report`)
    await resident.setInputFiles('#photo', { name: 'IMG_2041.jpg', mimeType: 'image/jpeg', buffer: photo })
    await resident.waitForSelector('.chosen li')
    await shot(resident, 'report')
    await resident.goto(`${town.url}/r/${shown.ref}`)
    await shot(resident, 'track')

    for (const [lang, colorScheme, suffix] of [['ja', 'light', ''], ['en', 'dark', '-en-dark']]) {
        const clerk = await page({ ...desk, locale: lang, colorScheme })
        await clerk.goto(`${town.url}/staff/sign-in?lang=${lang}`)
        await clerk.fill('[name=name]', 'shots')
        await clerk.fill('[name=password]', PASSWORD)
        await clerk.keyboard.press('Enter')
        await clerk.waitForSelector('.card')
        await shot(clerk, `board${suffix}`)
        await clerk.goto(`${town.url}/staff/cases/${shown.ref}`)
        await clerk.waitForSelector('.timeline')
        await shot(clerk, `case${suffix}`)
    }
} finally {
    for (const context of pages) await context.close()
    await browser.close()
    await town.stop()
}
