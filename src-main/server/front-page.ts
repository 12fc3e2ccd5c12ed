/** The page of a front server: the pictures of one camera, as JPEG, and nothing to operate. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Coverslip</title>
<link rel="stylesheet" href="/front.css">
<canvas id="view" aria-label="Live view"></canvas>
<p id="state" role="status">Connecting …</p>
<script type="module" src="/front.js"></script>
</html>
`

const style = `html, body { margin: 0; height: 100%; background: #101113; color: #c9c9c9; font: 14px system-ui, sans-serif }
#view { display: block; width: 100%; height: calc(100% - 2.5rem); object-fit: contain }
#state { margin: 0; padding: 0 1rem; line-height: 2.5rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
`

/** The token comes after #, which browsers send to nobody, or was given before in this tab. */
const script = `import { io } from '/socket.io.js'

const hash = new URLSearchParams(location.hash.slice(1))
const token = hash.get('token') ?? sessionStorage.getItem('token') ?? ''
if (hash.has('token')) {
  sessionStorage.setItem('token', token)
  history.replaceState(null, '', location.pathname + location.search)
}
const detectorName = new URLSearchParams(location.search).get('detector')
const canvas = document.getElementById('view')
const context = canvas.getContext('2d')
const state = document.getElementById('state')
const say = (text) => { state.textContent = text }

const socket = io({ transports: ['websocket'], auth: { token } })
let watched

async function subscribe(detector) {
  const reply = await socket.emitWithAck('subscribe', { detectorName: detector, decodes: ['jpeg'] })
  say(reply.ok ? 'Waiting for a picture …' : reply.message)
}

socket.on('connect', () => {
  watched = undefined
  say('Waiting for the microscope …')
})
socket.on('cameras', (cameras) => {
  const detector = detectorName ?? cameras[0]?.id
  if (detector === undefined || detector === watched) return
  watched = detector
  void subscribe(detector)
})
socket.on('connect_error', (error) => say(error.message + (error.data?.hint ? ' ' + error.data.hint : '')))
socket.on('disconnect', () => say('Disconnected.'))
socket.on('channel_error', ({ message }) => say(message + '. This page shows JPEG streams.'))
socket.on('frame', async (message, packet) => {
  const { frame_id: frameId, sequence, compression } = message.metadata
  try {
    if (compression !== 'jpeg') {
      say('This page shows JPEG streams; this one is lossless.')
      return
    }
    const picture = await createImageBitmap(new Blob([packet], { type: 'image/jpeg' }))
    if (canvas.width !== picture.width) canvas.width = picture.width
    if (canvas.height !== picture.height) canvas.height = picture.height
    context.drawImage(picture, 0, 0)
    picture.close()
    say(message.detectorname + ': frame ' + sequence)
  } finally {
    socket.emit('frame_ack', { detectorName: message.detectorname, frameId })
  }
})
`

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'self'"
const clientFile = join(
  dirname(createRequire(import.meta.url).resolve('socket.io/package.json')),
  'client-dist/socket.io.esm.min.js',
)

/** Adds the page's routes to `app`. */
export function frontPage(app: FastifyInstance): void {
  app.get('/', (_request, reply) =>
    reply
      .type('text/html')
      .header('content-security-policy', policy)
      .header('cache-control', 'no-store')
      .send(page),
  )
  app.get('/front.css', (_request, reply) => reply.type('text/css').send(style))
  app.get('/front.js', (_request, reply) => reply.type('text/javascript').send(script))
  app.get('/socket.io.js', async (_request, reply) =>
    reply.type('text/javascript').send(await readFile(clientFile)),
  )
}
