// Forms as browsers send them. `fields` is an object or a list of pairs; a value is text, bytes, or
// {bytes, filename, type}; a list of values is several fields of one name.
import { randomBytes } from 'node:crypto'

export function multipart(fields, boundary = 'tests' + randomBytes(12).toString('hex')) {
    const pairs = Array.isArray(fields) ? fields : Object.entries(fields)
    const pieces = []
    for (const [name, values] of pairs) {
        for (const value of Array.isArray(values) ? values : [values]) {
            if (value === undefined || value === null) continue
            const file = Buffer.isBuffer(value) ? { bytes: value } : value
            const isFile = Buffer.isBuffer(file?.bytes)
            pieces.push(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`)
            if (isFile) pieces.push(`; filename="${file.filename ?? 'photo.jpg'}"\r\nContent-Type: ${file.type ?? 'image/jpeg'}`)
            pieces.push('\r\n\r\n', isFile ? file.bytes : String(value), '\r\n')
        }
    }
    pieces.push(`--${boundary}--\r\n`)
    return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(pieces.map((p) => Buffer.from(p))) }
}
