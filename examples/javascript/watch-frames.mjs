/**
 * Receives lossless frames over socket.io in Node and decodes them with Coverslip's own decoder.
 *
 *     node examples/javascript/watch-frames.mjs [http://127.0.0.1:8001] [camera]
 *
 * Run it within Coverslip's folder with Node 22.18 or later, after npm start has installed the packages once. For a
 * shared microscope or a front server: COVERSLIP_TOKEN is the token (what follows #token= in a link), and
 * NODE_EXTRA_CA_CERTS the PEM file of a self-signed certificate. COVERSLIP_FRAMES: how many frames (default 100);
 * COVERSLIP_PROTOCOL: binary, jpeg or mjpeg, where the camera streams by several.
 */
import { io } from 'socket.io-client'
import { FrameDecoder } from '../../src-shared/frames/decode-frame.ts'

const [url = 'http://127.0.0.1:8001', camera] = process.argv.slice(2)
const token = process.env.COVERSLIP_TOKEN ?? ''
const protocol = process.env.COVERSLIP_PROTOCOL
const wanted = Number(process.env.COVERSLIP_FRAMES ?? 100)
const headers = token === '' ? {} : { authorization: `Bearer ${token}` }

/** A front server has no HTTP API: name the camera there. */
async function firstCamera() {
  const response = await fetch(`${url}/api/devices`, { headers })
  const devices = await response.json()
  if (!response.ok) throw new Error(devices.message)
  const found = devices.find(({ description }) => description.kind === 'camera')
  if (found === undefined) throw new Error('There is no camera')
  return found.id
}

const detectorName = camera ?? (await firstCamera())
const socket = io(url, { transports: ['websocket'], extraHeaders: headers, auth: { token } })
const decoder = new FrameDecoder()
let taken = 0

socket.on('connect', async () => {
  const answer = await socket.emitWithAck('subscribe', { detectorName, decodes: ['lz4', 'jpeg'], protocol })
  console.log(answer.ok ? `Watching ${detectorName}` : answer.message)
})
socket.on('frame', (message, packet) => {
  const { sequence, frame_id: frameId } = message.metadata
  if (message.format === 'jpeg') console.log(`frame ${sequence}: JPEG file of ${packet.length} bytes`)
  else {
    const { width, height, pixels } = decoder.decode(new Uint8Array(packet), message.metadata)
    const centre = pixels[Math.floor(height / 2) * width + Math.floor(width / 2)]
    console.log(
      `frame ${sequence}: ${width} x ${height}, ${packet.length} bytes, value in the centre ${centre}`,
    )
  }
  // Only now may the server send another: a slow reader skips frames instead of falling behind.
  socket.emit('frame_ack', { detectorName: message.detectorname, frameId })
  taken += 1
  if (taken >= wanted) socket.disconnect()
})
socket.on('channel_error', ({ message, hint = '' }) => console.error(message, hint))
socket.on('connect_error', ({ message, data }) => console.error(message, data?.hint ?? ''))
