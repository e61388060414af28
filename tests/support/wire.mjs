// Bytes over a socket, for requests that no HTTP client would send.
import { once } from 'node:events'
import net from 'node:net'

// Sends `bytes` and reads until the server closes, or until it has been silent for `quiet_ms` after an
// answer. {text, closed, reset}
export async function exchange(port, bytes, { quiet_ms = 400, end = false } = {}) {
    const socket = net.connect(port, '127.0.0.1')
    const result = { text: '', closed: false, reset: false }
    socket.on('data', (d) => (result.text += d.toString('latin1')))
    socket.on('error', () => (result.reset = true))
    const closed = once(socket, 'close').then(() => (result.closed = true))
    await Promise.race([once(socket, 'connect').catch(() => {}), closed])
    if (end) socket.end(bytes)
    else socket.write(bytes)
    await Promise.race([closed, quiet(socket, quiet_ms)])
    socket.destroy()
    return result
}

// Resolves when nothing has come for so long.
function quiet(socket, ms) {
    return new Promise((resolve) => {
        let timer = setTimeout(resolve, ms)
        const again = () => (clearTimeout(timer), (timer = setTimeout(resolve, ms)))
        socket.on('data', again)
        socket.on('close', () => (clearTimeout(timer), resolve()))
    })
}

// The status codes of all answers in what was read.
export const statuses = (text) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => Number(m[1]))

export async function open(port) {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
}
