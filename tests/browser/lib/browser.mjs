// A browser for tests: Debian's Chromium, a profile of its own, and pages that fail their test when the
// page's script throws, when the content security policy is broken or when an asset is missing.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync']

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })

// What a page may say on its console although all is well: the browser's own line about an answer that
// the test provoked.
const EXPECTED = /Failed to load resource/

// options: as Playwright's newContext. The page's `mistakes` are checked by quiet().
export async function openPage(browser, options = {}) {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.mistakes = []
    page.on('pageerror', (e) => page.mistakes.push(String(e)))
    page.on('console', (m) => m.type() === 'error' && !EXPECTED.test(m.text()) && page.mistakes.push(m.text()))
    page.on('response', (r) => r.status() === 404 && /\/(assets|media)\//.test(r.url()) && page.mistakes.push(`404 ${r.url()}`))
    return page
}

export function quiet(page) {
    assert.deepEqual(page.mistakes, [])
}

// No violation of WCAG 2.2 AA as far as a program can tell, and nothing wider than the window.
export async function accessible(page, what) {
    await page.evaluate(axeSource)
    const violations = await page.evaluate(async (rules) => {
        const { violations } = await window.axe.run(document, { runOnly: rules })
        return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 200)} (${n.failureSummary})`).join(' | ')}`)
    }, RULES)
    assert.deepEqual(violations, [], what)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.ok(over <= 0, `${what}: ${over} px wider than the window`)
}
