// Photos for tests, drawn from a seed: no two seeds look alike. EXIF is written byte by byte, as phones
// do it: APP1, "Exif\0\0", a TIFF header, IFD0 and the two directories that it points to.
import jpeg from 'jpeg-js'
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from './zlib.mjs'
import { seededRandom } from './random.mjs'

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

// RGBA pixels: a slope of colours, twelve boxes and discs.
export function paint(seed, width, height) {
    const random = seededRandom(seed * 7919 + 13)
    const data = Buffer.alloc(width * height * 4)
    const colour = () => [random.below(256), random.below(256), random.below(256)]
    const from = colour(), to = colour()
    const shapes = Array.from({ length: 12 }, () => ({
        x: random.below(width), y: random.below(height), r: width / 24 + random.below(width / 6),
        colour: colour(), round: random.next() < 0.5,
    }))
    for (let y = 0, at = 0; y < height; y++) {
        for (let x = 0; x < width; x++, at += 4) {
            let rgb = null
            for (const s of shapes) {
                const dx = x - s.x, dy = y - s.y
                if (s.round ? dx * dx + dy * dy < s.r * s.r : Math.abs(dx) < s.r && Math.abs(dy) < s.r) rgb = s.colour
            }
            const k = (x / width + y / height) / 2
            for (let i = 0; i < 3; i++) data[at + i] = rgb ? rgb[i] : from[i] + (to[i] - from[i]) * k
            data[at + 3] = 255
        }
    }
    return { width, height, data }
}

// options: seed, width, height, quality, and what exif() takes (lat and lon, orientation, takenAt …)
export function jpegPhoto({ seed = 1, width = 480, height = 360, quality = 80, ...tags } = {}) {
    const plain = Buffer.from(jpeg.encode(paint(seed, width, height), quality).data)
    return Object.keys(tags).length ? withExif(plain, exif(tags)) : plain
}

// Bytes of noise over a drawing: as large as a phone's photo is, at a quality near 100.
export function largePhoto({ seed = 1, width = 4032, height = 3024, quality = 90, noise = 24, ...tags } = {}) {
    const picture = paint(seed, width, height)
    const random = seededRandom(seed)
    for (let i = 0; i < picture.data.length; i += 4) {
        const n = (random.next() - 0.5) * noise
        for (let k = 0; k < 3; k++) picture.data[i + k] = Math.max(0, Math.min(255, picture.data[i + k] + n))
    }
    const plain = Buffer.from(jpeg.encode(picture, quality).data)
    return Object.keys(tags).length ? withExif(plain, exif(tags)) : plain
}

export function withExif(photo, tiff) {
    const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
    const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255])
    return Buffer.concat([photo.subarray(0, 2), head, body, photo.subarray(2)])
}

// A TIFF block. gps: the raw directory instead of one made of lat and lon, for what no phone should say.
export function exif({ lat, lon, orientation, takenAt, offset, bigEndian = false, gps, make }) {
    const block = new Tiff(bigEndian)
    const ifd0 = []
    if (make) ifd0.push([0x010f, 'ascii', make])
    if (orientation) ifd0.push([0x0112, 'short', orientation])
    const times = []
    if (takenAt) times.push([0x9003, 'ascii', takenAt])
    if (offset) times.push([0x9011, 'ascii', offset])
    if (times.length) ifd0.push([0x8769, 'directory', times])
    if (lat !== undefined || gps) ifd0.push([0x8825, 'directory', gps ?? gpsOf(lat, lon)])
    block.directory(ifd0)
    return block.bytes()
}

export function gpsOf(lat, lon) {
    return [
        [1, 'ascii', lat < 0 ? 'S' : 'N'],
        [2, 'rationals', degrees(Math.abs(lat))],
        [3, 'ascii', lon < 0 ? 'W' : 'E'],
        [4, 'rationals', degrees(Math.abs(lon))],
    ]
}

function degrees(value) {
    const d = Math.floor(value)
    const m = Math.floor((value - d) * 60)
    return [[d, 1], [m, 1], [Math.round(((value - d) * 60 - m) * 60 * 100000), 100000]]
}

class Tiff {
    constructor(bigEndian) {
        this.big = bigEndian
        this.pieces = [Buffer.from(bigEndian ? 'MM' : 'II'), this.u16(42), this.u32(8)]
        this.length = 8
    }
    u16(n) { const b = Buffer.alloc(2); this.big ? b.writeUInt16BE(n) : b.writeUInt16LE(n); return b }
    u32(n) { const b = Buffer.alloc(4); this.big ? b.writeUInt32BE(n >>> 0) : b.writeUInt32LE(n >>> 0); return b }

    directory(entries) {
        const start = this.length
        let behind = start + 2 + 12 * entries.length + 4
        const rows = [], values = []
        for (const [tag, kind, value] of entries) {
            const [type, count, bytes] = this.value(kind, value, behind)
            let field = bytes
            if (bytes.length > 4 || kind === 'directory') {
                field = this.u32(behind)
                const padded = bytes.length & 1 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes
                values.push(padded)
                behind += padded.length
            }
            rows.push(this.u16(tag), this.u16(type), this.u32(count), Buffer.concat([field, Buffer.alloc(4)]).subarray(0, 4))
        }
        this.pieces.push(this.u16(entries.length), ...rows, this.u32(0), ...values)
        this.length = behind
    }

    value(kind, value, at) {
        if (kind === 'ascii') return [2, value.length + 1, Buffer.from(value + '\0', 'latin1')]
        if (kind === 'short') return [3, 1, this.u16(value)]
        if (kind === 'rationals') return [5, value.length, Buffer.concat(value.flatMap(([n, d]) => [this.u32(n), this.u32(d)]))]
        const inner = new Tiff(this.big) // a directory in place: its offsets count from the block's start
        inner.pieces = []
        inner.length = at
        inner.directory(value)
        return [4, 1, Buffer.concat(inner.pieces)]
    }

    bytes() { return Buffer.concat(this.pieces) }
}

export function pngPhoto({ seed = 1, width = 320, height = 240, ...tags } = {}) {
    const { data } = paint(seed, width, height)
    const rows = Buffer.alloc(height * (1 + 3 * width))
    for (let y = 0, at = 0; y < height; y++) {
        rows[at++] = 0
        for (let x = 0; x < width; x++) for (let k = 0; k < 3; k++) rows[at++] = data[(y * width + x) * 4 + k]
    }
    const size = Buffer.alloc(13)
    size.writeUInt32BE(width, 0)
    size.writeUInt32BE(height, 4)
    size.set([8, 2, 0, 0, 0], 8)
    return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        pngChunk('IHDR', size),
        ...(Object.keys(tags).length ? [pngChunk('eXIf', exif(tags))] : []),
        pngChunk('IDAT', deflateSync(rows)),
        pngChunk('IEND', Buffer.alloc(0)),
    ])
}

function pngChunk(type, data) {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
}

// A HEIC file as phones lay it out, without the picture: ftyp, and a meta that leads to size and EXIF.
export function heicPhoto({ width = 4032, height = 3024, ...tags } = {}) {
    const u16 = (n) => Buffer.from([n >> 8, n & 255])
    const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b }
    const box = (type, ...body) => {
        const all = Buffer.concat(body)
        return Buffer.concat([u32(all.length + 8), Buffer.from(type, 'latin1'), all])
    }
    const full = (type, version, ...body) => box(type, u32(version << 24), ...body)
    const ftyp = box('ftyp', Buffer.from('heic'), u32(0), Buffer.from('mif1heic'))
    const item = Buffer.concat([u32(6), Buffer.from('Exif\0\0', 'latin1'), exif(tags)])
    const meta = (offset) =>
        full('meta', 0,
            full('hdlr', 0, u32(0), Buffer.from('pict'), Buffer.alloc(13)),
            full('pitm', 0, u16(1)),
            full('iinf', 0, u16(2), full('infe', 2, u16(1), u16(0), Buffer.from('hvc1\0')), full('infe', 2, u16(2), u16(0), Buffer.from('Exif\0'))),
            full('iloc', 0, Buffer.from([0x44, 0]), u16(1), u16(2), u16(0), u16(1), u32(offset), u32(item.length)),
            box('iprp', box('ipco', full('ispe', 0, u32(width), u32(height)))))
    const offset = ftyp.length + meta(0).length + 8
    return Buffer.concat([ftyp, meta(offset), box('mdat', item, Buffer.alloc(64, 7))])
}

// 320 × 240, drawn in a browser's canvas and encoded by it.
export const webpPhoto = () => Buffer.from(webp, 'base64')
const webp =
    'UklGRlgDAABXRUJQVlA4IEwDAAAwJgCdASpAAfAAPxGIwFesP6ekpjYYC/AiCWdu4FCMfyED0zT71axf+TnEVH/MvQRmlX3Be4L8s62+mA/IN5' +
    'bGEzG62l449poEh/4A9hlyXGzwFUNbcZyjEH8FbRPaiXba9xWf0TawxYDTvtrKMtu3b2jwrnWrGOJlsp8Gj3dSKgTUhz369ajnXBh46HYB4KJ5' +
    'O9gCVWf3iIBLGgLwscOL7GsQHDzneBKVYVH1hC5FClJoVsh0qToXtDLwwUm4ApA435+fqxJQrKM1VwLD/S7u4knsNi5e2GzdW0EZ0+xyYqKUzG' +
    'yvS0viKKyUNrWvoKbGtPUytoVhPZOEQP/SglnLFVw+dfvJWXtPLcR6Tf/0C546lfKMHnbGbeONYjzfGB34KGDZuH1vs0q7m4rJ2i2WuDEJxT6D' +
    '4RmIAAD+6e7tugaxv3NTXjoGMNRh78DS92yPVpJHpot9g997+Fb0+1+pQJx3tOfz73QATsUijHNKGsSbhAjTLM2SkWFVl1JMBfx/fB90/Z3wav' +
    'fw12WtsDfCb4l0FvjrAsK3l+QrQLMoIHuSZY0jvaXhHwMQx/DsNO8IHNFtLB1AFR2bK1O5qSs7Y5yC8U9Q+CLGk8dfFsl+CGT5G6L+47qzJnKv' +
    'F3eu3Y1TzLrVWXBKDswXUr6N0epXYeueHU4CHxdnLyT0f1qdnxP+NFYeJhZxNb+EpwAVwugfDn2SqLbqpFgMjgfaNedBFRZtqsZfrRoAKKBwIS' +
    'aN1ieCx3wACFDHntKueMTIKQLE0aoVHFTPgQCZLOaITi75AP5a62Lr2Q/C1A5IZki7x9ODEM1gIi4fcAzwnAM/o1vxfe61iXyhPDeazUYABjO9' +
    'lRTWBpe8AwMR9AAhdUcfsdx6ryMVZxnTEE8huhUVSSiAUGMwW5bPUN3J2soMAyX1xSFaCN6gHrCiWwguWXeWkygqW66q5OcwM+t2v4bPU7ULhS' +
    'UJwK3GutOGYMvhsweK4Hw/b9eZe6nuaIpW9IiNvfH4Afh+8EdO6WrNHwpthJolFmGVDG9ro56ii/dhfkzPCBTTNSgXHyWyJ2d3F+ljH62QMhWH' +
    'IHyzEXmnEz7gVmpbovo+0KjCuvIj7bZMN6KWrLF9C9pbdSBgAAAA'
