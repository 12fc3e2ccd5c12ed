/** A live page written from the description of ImSwitch's interface: starts a stream, shows and acknowledges frames. */
import { io } from 'socket.io-client'
import { decodeFrame, decodeUc2f } from '../../fixtures/imswitch-frame-decoder.ts'
import './harness.ts'

const canvas = document.querySelector<HTMLCanvasElement>('#canvas')
const image = document.querySelector<HTMLImageElement>('#mjpeg')
const context = canvas?.getContext('2d', { willReadFrequently: true })
if (!canvas || !image || !context) throw new Error('The page is not complete')

const call = async (path: string, body?: unknown): Promise<unknown> => {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`/imswitch/api/${path}`, init)
  return response.json()
}

globalThis.imswitch = {
  drawn: {},
  capabilities: undefined,
  position: undefined,
  call,
  greys: () => {
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    return new Set(data.filter((_value, index) => index % 4 === 0)).size
  },
  showMjpeg: () => {
    image.src = `/imswitch/api/LiveViewController/mjpeg_stream?startStream=true&detectorName=camera&t=${Date.now()}`
  },
  hideMjpeg: () => {
    image.removeAttribute('src')
  },
}

const socket = io(location.origin, { path: '/imswitch/socket.io/', transports: ['websocket'] })
socket.on('server_capabilities', (capabilities: unknown) => {
  imswitch.capabilities = capabilities
})
socket.on('signal_msgpack', (attachment: ArrayBuffer) => {
  const signal: unknown = decodeFrame(new Uint8Array(attachment))
  const { name, args } = signal as { name: string; args: { p0: unknown } }
  if (name === 'sigUpdateMotorPosition') imswitch.position = args.p0
})
socket.on('frame', (attachment: ArrayBuffer) => {
  const frame = decodeFrame(new Uint8Array(attachment))
  const drawn = frame.data === undefined ? drawJpeg(frame.image ?? '') : drawUc2f(frame.data)
  socket.emit('frame_ack', { frame_id: frame.metadata.frame_id })
  const protocol = String(frame.metadata['protocol'])
  void drawn.then(() => {
    imswitch.drawn[protocol] = (imswitch.drawn[protocol] ?? 0) + 1
  })
})

async function drawJpeg(base64: string): Promise<void> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  draw(await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' })))
}

async function drawUc2f(packet: Uint8Array): Promise<void> {
  const { width, height, pixels } = decodeUc2f(packet)
  const rgba = new Uint8ClampedArray(4 * width * height)
  for (const [index, value] of pixels.entries()) rgba.fill(value >> 4, 4 * index, 4 * index + 3)
  for (let index = 3; index < rgba.length; index += 4) rgba[index] = 255
  draw(await createImageBitmap(new ImageData(rgba, width, height)))
}

function draw(bitmap: ImageBitmap): void {
  if (!canvas || !context) return
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
}
