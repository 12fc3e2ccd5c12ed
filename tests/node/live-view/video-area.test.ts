import { expect, test } from 'vitest'
import { DisplayWindow } from '../../../src-main/live-view/encoders/display-window.ts'
import { FrameMeter } from '../../../src-main/live-view/encoders/frame-meter.ts'
import { VideoArea } from '../../../src-main/live-view/webrtc/video-area.ts'
import { type BayerColour, bayerColour } from '../../../src-shared/frames/bayer-pattern.ts'
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { webrtcParamsSchema } from '../../../src-shared/stream-params.ts'
import { infoOf } from '../codec/encoded-frames.ts'
import { bytesOf } from '../kernels/images.ts'

const values: Record<BayerColour, number> = { red: 200, green: 100, blue: 50 }
/** BT.601 in limited range. */
const brightness = 0.299 * values.red + 0.587 * values.green + 0.114 * values.blue
const luma = 16 + (219 / 255) * brightness
const blueness = 128 + (224 / 255 / 1.772) * (values.blue - brightness)
const redness = 128 + (224 / 255 / 1.402) * (values.red - brightness)

/** A frame of one colour as video. */
function pictureOf(format: PixelFormat, size: { width: number; height: number }, maxWidth: number) {
  const layout = pixelLayout(format)
  const { pattern } = layout
  const scale = 2 ** (layout.significantBits - 8)
  const samples = Array.from({ length: size.width * size.height }, (_, i) => {
    const [x, y] = [i % size.width, Math.floor(i / size.width)]
    return pattern === undefined ? 100 : values[bayerColour(pattern, x, y)] * scale
  })
  const params = webrtcParamsSchema.parse({ protocol: 'webrtc', windowMode: 'full', maxWidth })
  const area = new VideoArea()
  area.load(bytesOf({ ...size, layout, samples }), infoOf(format, size), params)
  return area.prepare({ meter: new FrameMeter(), window: new DisplayWindow() })
}

for (const format of ['BayerRG8', 'BayerGR12', 'BayerGB16', 'BayerBG8'] as const) {
  // As it is; reduced by less than two; by two; by two and more; with an odd row and column.
  for (const [width, height] of [
    [64, 48],
    [100, 80],
    [128, 96],
    [150, 121],
    [601, 407],
  ] as const) {
    test(`${format} of ${width} x ${height} becomes video in its colours`, () => {
      const picture = pictureOf(format, { width, height }, 64)
      const pixels = picture.width * picture.height
      expect(picture.colour).toBe(true)
      expect(picture.width).toBe(64)
      expect(picture.planes).toHaveLength(pixels * 1.5)
      const planes = [
        [0, pixels, luma],
        [pixels, pixels * 1.25, blueness],
        [pixels * 1.25, pixels * 1.5, redness],
      ] as const
      for (const [from, to, expected] of planes) {
        for (const value of picture.planes.subarray(from, to))
          expect(Math.abs(value - expected)).toBeLessThan(2)
      }
      expect(picture.scale).toBeCloseTo(picture.region.width / 64)
    })
  }
}

test('grey stays grey', () => {
  const picture = pictureOf('Mono8', { width: 100, height: 80 }, 64)
  expect([picture.colour, picture.width, picture.planes.length]).toEqual([false, 64, 64 * 52])
})
