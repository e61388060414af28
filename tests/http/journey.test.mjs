// The resident's way without JavaScript: form, mistakes, reference, tracking page. What a browser does
// is done by hand: forms are read from the page, so that a renamed field breaks the journey.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Town } from '../support/town.mjs'
import { jpegPhoto } from '../support/photo.mjs'

let town, staff
before(async () => {
    town = await Town.start()
    staff = await town.staff()
})
after(() => town?.stop())

const unescape = (s) => s.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, e) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" })[e])
const attribute = (tag, name) => {
    const m = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)
    return m ? unescape(m[1]) : undefined
}

// The form of a page: {action, method, enctype, values}
function formOf(html, action) {
    const form = [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map((m) => m[0]).find((f) => attribute(f, 'action') === action)
    assert.ok(form, `there is no form for ${action}`)
    const values = {}
    for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
        const kind = attribute(tag, 'type')
        if (kind === 'file' || ((kind === 'radio' || kind === 'checkbox') && !/\schecked/.test(tag))) continue
        values[attribute(tag, 'name')] = attribute(tag, 'value') ?? ''
    }
    for (const m of form.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/textarea>/g)) values[m[1]] = unescape(m[2])
    return { method: attribute(form, 'method'), enctype: attribute(form, 'enctype'), values, html: form }
}

async function openForm(visitor, query = '') {
    const page = await visitor.get(`/report${query}`)
    assert.equal(page.status, 200)
    return formOf(page.text, '/report')
}

// Sends a form and follows where it leads.
async function submit(visitor, form, changes) {
    const answer = await visitor.post('/report', { fields: { ...form.values, ...changes } })
    if (answer.status !== 303) return answer
    const page = await visitor.get(answer.headers.location)
    return Object.assign(page, { path: answer.headers.location.split('?')[0] })
}

test('first page, form, photo, reference, tracking page', async () => {
    const visitor = town.visitor({ cookies: true })
    const front = await visitor.get('/')
    assert.match(front.text, /href="\/report"/)
    const form = await openForm(visitor)
    assert.equal(form.enctype, 'multipart/form-data')
    assert.equal(form.method, 'post')
    const page = await submit(visitor, form, {
        photo: [jpegPhoto({ seed: 51, lat: 35.681236, lon: 139.767125 }), jpegPhoto({ seed: 52 })],
        address: '東口のバス停の前', description: '歩道の敷石が浮いています。', category: 'road',
        contact_name: '山田 花子', contact_email: 'hanako@example.jp',
    })
    assert.equal(page.status, 200)
    assert.match(page.path, /^\/r\/[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}$/)
    const ref = page.path.slice(3)
    assert.match(page.text, new RegExp(ref))
    assert.match(page.text, /歩道の敷石が浮いています。/)
    assert.match(page.text, /東口のバス停の前/)
    assert.match(page.text, /35\.6812/)
    assert.doesNotMatch(page.text, /山田|hanako@example/, 'personal data is never on a public page')
    const thumbs = [...page.text.matchAll(/<img[^>]*src="([^"]+)"/g)].map((m) => m[1])
    assert.equal(thumbs.length, 2)
    for (const thumb of thumbs) assert.equal((await visitor.get(thumb)).type, 'image/jpeg')

    const found = await staff.case(ref)
    assert.equal(found.origin, 'page')
    assert.equal(found.contact.name, '山田 花子')
    assert.equal(found.photos.length, 2)
    assert.equal(found.location.source, 'exif')
})

test('a form sent as urlencoded does the same', async () => {
    const visitor = town.visitor({ cookies: true })
    const { values } = await openForm(visitor)
    const answer = await visitor.post('/report', { urlencoded: { ...values, description: 'without a photo', lat: '35.25', lon: '139.25' } })
    assert.equal(answer.status, 303, answer.text)
    const found = await staff.case(answer.headers.location.split('?')[0].slice(3))
    assert.equal(found.location.source, 'pin')
})

test('sending the same form twice, as an impatient finger does, makes one case', async () => {
    const visitor = town.visitor({ cookies: true })
    const form = await openForm(visitor)
    const before = await town.caseCount()
    const sent = { photo: jpegPhoto({ seed: 53 }), description: 'double click' }
    const pages = await Promise.all([submit(visitor, form, sent), submit(visitor, form, sent)])
    assert.equal(pages[0].path, pages[1].path)
    assert.equal(await town.caseCount(), before + 1)
    const other = await submit(visitor, form, { ...sent, description: 'went back and corrected it' })
    assert.notEqual(other.path, pages[0].path)
})

test('a mistake is said above and beside, and what was typed stays', async () => {
    const visitor = town.visitor({ cookies: true })
    const form = await openForm(visitor, '?lang=en')
    const typed = { description: 'x'.repeat(4001), address: 'Corner of 1st & "Main" <north>', category: 'light', contact_email: 'nobody', contact_name: "O'Brien", lat: '35,5', lon: '139.5' }
    const before = await town.caseCount()
    const page = await submit(visitor, form, { ...typed, photo: jpegPhoto({ seed: 54 }) })
    assert.equal(page.status, 422)
    assert.match(page.text, /<title>Error: /)
    const again = formOf(page.text, '/report').values
    for (const [name, value] of Object.entries(typed)) assert.equal(again[name], value, name)
    const linked = [...page.text.matchAll(/<li><a href="#(\w+)">/g)].map((m) => m[1])
    for (const field of ['description', 'contact_email', 'lat']) {
        assert.ok(linked.includes(field), `${field} is not in the summary: ${linked}`)
        assert.match(page.text, new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
    }
    assert.match(page.text, /choose your photos again/i)
    assert.equal(await town.caseCount(), before)
})

test('a bad photo is named by its number', async () => {
    const visitor = town.visitor({ cookies: true })
    const form = await openForm(visitor, '?lang=en')
    const page = await submit(visitor, form, { photo: [jpegPhoto({ seed: 55 }), { bytes: Buffer.from('no'), filename: 'b.jpg' }], description: 'x' })
    assert.equal(page.status, 422)
    assert.match(page.text, /Photo 2: /)
})

test('an empty form asks for a photo or a word', async () => {
    const visitor = town.visitor({ cookies: true })
    const page = await submit(visitor, await openForm(visitor, '?lang=ja'), {})
    assert.equal(page.status, 422)
    assert.match(page.text, /写真/)
})

test('the language is chosen once and remembered', async () => {
    const visitor = town.visitor({ cookies: true })
    assert.match((await visitor.get('/')).text, /<html lang="ja">/)
    assert.match((await visitor.get('/?lang=en')).text, /<html lang="en">/)
    assert.match((await visitor.get('/help')).text, /<html lang="en">/)
    const english = town.visitor({ headers: { 'accept-language': 'en-US,en;q=0.9' } })
    assert.match((await english.get('/')).text, /<html lang="en">/)
})

test('a reference is found however it is typed', async () => {
    const { ref } = await town.client.report({ description: 'find me' })
    const bare = ref.replaceAll('-', '')
    const wide = [...bare].map((c) => String.fromCodePoint(c.codePointAt(0) + 0xfee0)).join('')
    for (const typed of [ref, bare, bare.toLowerCase(), ` ${ref} `, ref.replaceAll('-', ' '), wide]) {
        const answer = await town.client.get(`/r?ref=${encodeURIComponent(typed)}`)
        assert.equal(answer.status, 303, `${typed}: ${answer.status}`)
        assert.equal(answer.headers.location, `/r/${ref}`)
    }
})

test('an unknown reference and a wrong one get the same sentence', async () => {
    const { ref } = await town.client.report({ description: 'x' })
    const wrong = ref.slice(0, -1) + (ref.at(-1) === '2' ? '3' : '2') // the check character does not fit
    const said = new Set()
    for (const asked of [wrong, 'ABC-DEF-GHJ', '222-222-222', 'nonsense', '9', '%E3%81%82', 'x'.repeat(200)]) {
        const byPath = await town.client.get(`/r/${asked}`)
        assert.equal(byPath.status, 404, asked)
        let byForm = await town.client.get(`/r?ref=${asked}`)
        if (byForm.status === 303) byForm = await town.client.get(byForm.headers.location) // it could be one
        assert.equal(byForm.status, 404, asked)
        for (const page of [byPath, byForm]) {
            said.add(/<p class="mistake" id="ref-mistake">([^<]+)</.exec(page.text)?.[1])
            assert.match(page.headers['cache-control'], /no-store/)
        }
    }
    assert.deepEqual([...said].length, 1, [...said].join(' | '))
    assert.ok([...said][0])
})

test('what the staff do shows on the tracking page; what is internal does not', async () => {
    const { ref, url } = await town.client.report({ description: 'a broken swing', locale: 'en' })
    const page = async () => (await town.client.get(`${url}?lang=en`)).text
    assert.match(await page(), /waiting for staff to check it/)
    assert.equal((await staff.change(ref, { status: 'in_progress', department: 'parks', note: 'internal: call Tanaka' })).status, 200)
    assert.equal((await staff.post(`/api/v1/cases/${ref}/events`, { json: { kind: 'note', text: 'internal: budget 2027' } })).status, 201)
    assert.equal((await staff.post(`/api/v1/cases/${ref}/events`, { json: { kind: 'reply', text: 'We ordered a new seat.' } })).status, 201)
    let text = await page()
    assert.match(text, /working on it/)
    assert.match(text, /We ordered a new seat\./)
    assert.match(text, /Parks/)
    assert.doesNotMatch(text, /internal:|sato/)
    assert.equal((await staff.change(ref, { status: 'done', outcome: 'fixed' })).status, 200)
    text = await page()
    assert.match(text, /This has been fixed/)
})

test('a report from the API and a conflict of places are shown in words', async () => {
    const { url } = await town.client.report({ photo: jpegPhoto({ seed: 56, lat: 35.6, lon: 139.7 }), lat: 35.62, lon: 139.7, location_source: 'pin' })
    const { text } = await town.client.get(`${url}?lang=en`)
    assert.match(text, /2\.2 km apart/)
    assert.match(text, /the pin on the map/)
})

test('every page for residents works, links only to pages that exist, and holds no inline script or style', async () => {
    const { url } = await town.client.report({ photo: jpegPhoto({ seed: 57 }), description: 'x' })
    const todo = ['/', '/report', '/r', '/help', '/staff/sign-in', url]
    const done = new Set()
    while (todo.length) {
        const path = todo.pop()
        if (done.has(path)) continue
        done.add(path)
        const page = await town.client.get(path)
        assert.ok([200, 303, 401].includes(page.status), `${path}: ${page.status}`)
        if (!page.type.startsWith('text/html')) continue
        assert.doesNotMatch(page.text, /<script(?![^>]*\ssrc=)|<style|\sstyle="|\son\w+="|javascript:/, path)
        for (const m of page.text.matchAll(/\s(?:href|src)="(\/[^"#]*)/g)) todo.push(unescape(m[1]))
    }
    assert.ok(done.size > 8, [...done].join(' '))
})
