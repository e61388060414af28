// Real photos, which are nobody's to publish and so are not in this repository: ../shared/photos beside
// it, when they are there. good/truth.tsv says what an independent reader found in each.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './town.mjs'

const dir = process.env.TOWNDESK_PHOTOS ?? join(root, '..', 'shared', 'photos')

export const missing = existsSync(join(dir, 'good')) ? false : `there is no ${dir}`

const isPhoto = (name) => !/\.tsv$|^LICENSES$/.test(name)
const list = (part) => (missing ? [] : readdirSync(join(dir, part)).filter(isPhoto).map((name) => join(dir, part, name)))

export const goodPhotos = () => list('good')
export const badPhotos = () => list('bad')

export function truth() {
    const [head, ...rows] = readFileSync(join(dir, 'good', 'truth.tsv'), 'utf8').trimEnd().split('\n')
    const names = head.split('\t')
    return new Map(rows.map((row) => {
        const cells = row.split('\t')
        const entry = Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
        return [entry.path, entry]
    }))
}

// A photo that a phone took, with its position; null where there are none.
export function phonePhoto() {
    if (missing) return null
    const file = goodPhotos().find((name) => /hochuferweg/.test(name))
    return file && { file, bytes: readFileSync(file), lat: 54.5364667, lon: 13.6776806 }
}
