import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { previewPng } from '../../../src-main/acquisition/preview.ts'
import { bayerColour } from '../../../src-shared/frames/bayer-pattern.ts'
import { infoOf } from '../codec/encoded-frames.ts'

test('the preview of a Bayer image is in colour, black and white taken from its values', async () => {
  const [width, height] = [60, 40]
  const values = { red: 4000, green: 2000, blue: 0 }
  const samples = Uint16Array.from(
    { length: width * height },
    (_, i) => values[bayerColour('GB', i % width, Math.floor(i / width))],
  )
  const info = infoOf('BayerGB12', { width, height })
  const frame = { detectorName: 'c', pixels: new Uint8Array(samples.buffer), info, capturedAt: 0 }
  const preview = await previewPng(frame, { maxSize: 20 })
  const png = decode(preview.png)
  expect([png.width, png.height, png.channels]).toEqual([20, 14, 3])
  expect([...png.data]).toEqual(Array.from({ length: 20 * 14 }, () => [255, 127, 0]).flat())
})
