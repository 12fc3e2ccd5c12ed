/**
 * How fast packets of GigE Vision are unpacked into a slot of shared memory: 2048 x 2048, in runs of 1364 bytes (what a
 * packet of 1400 holds), which cut pixels and groups of pixels.
 *
 *     node bench/pixels.ts
 *
 * MB/s of the camera's bytes; core: the part of one core that 125 MB/s (a full gigabit) takes.
 */
import { packedImageBytes, pixelUnpackings } from '../drivers/gige-vision/pixels/pixel-unpackings.ts'
import { imageBytes } from '../src-shared/frames/pixel-format.ts'

const side = 2048
const pixels = side * side
const runBytes = 1364
const minMs = 500
const shown = [
  'Mono8',
  'Mono8s',
  'Mono16',
  'Mono10Packed',
  'Mono10p',
  'Mono12Packed',
  'Mono12p',
  'BayerRG12p',
  'RGB8',
  'BGR8',
  'RGBa8',
  'RGB8_Planar',
  'YUV422_8',
]

const table: Record<string, object> = {}
for (const unpacking of pixelUnpackings.filter(({ name }) => shown.includes(name))) {
  const image = Buffer.from(
    Uint8Array.from({ length: packedImageBytes(unpacking, pixels) }, (_, i) => i * 37),
  )
  const target = new Uint8Array(new SharedArrayBuffer(imageBytes(unpacking.ringFormat, side, side)))
  const unpackImage = () => {
    for (let at = 0; at < image.length; at += runBytes) {
      unpacking.unpack(image, at, Math.min(at + runBytes, image.length), at, target, pixels)
    }
    unpacking.finish?.(target, pixels)
  }
  unpackImage()
  let images = 0
  const start = performance.now()
  while (performance.now() - start < minMs) {
    unpackImage()
    images += 1
  }
  const megabytesPerSecond = (image.length * images) / (performance.now() - start) / 1000
  table[unpacking.name] = {
    'MB/s': Math.round(megabytesPerSecond),
    'core at 125 MB/s': `${((125 / megabytesPerSecond) * 100).toFixed(1)} %`,
  }
}
console.table(table)
