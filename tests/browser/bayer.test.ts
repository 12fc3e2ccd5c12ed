/** Bayer images in the live display: a mosaic of known values is drawn in the colours that it stands for. */
import { beforeEach, describe, expect, test } from 'vitest'
import { actualSizeView } from '../../src-renderer/display/view-transform.ts'
import { type BayerPattern, bayerColour, bayerPatterns } from '../../src-shared/frames/bayer-pattern.ts'
import { debayeredPixel } from '../../src-shared/kernels/debayer.ts'
import { encodedFrame, type TestImage, testImage } from '../fixtures/encoded-frame.ts'
import { eventually } from '../fixtures/eventually.ts'
import { background, canvas, DisplayScene, gray } from './display-scene.ts'

/** No symmetry, all values. */
const noise = (x: number, y: number) => (x * 7919 + y * 104_729) % 256

/** What a sensor sees of an even colour. */
function plain(pattern: BayerPattern, width: number, height: number): TestImage {
  const values = { red: 200, green: 100, blue: 50 }
  return testImage(`Bayer${pattern}8`, width, height, (x, y) => values[bayerColour(pattern, x, y)])
}

describe('Bayer images on the screen', () => {
  const scene = new DisplayScene()
  let frameId = 0
  beforeEach(() => scene.subscribe())

  async function show(image: TestImage, params: Readonly<Record<string, unknown>>): Promise<void> {
    const id = ++frameId
    scene.feed.publish(await encodedFrame(image, params, id))
    await scene.shown(id)
  }

  test.each(bayerPatterns)('Bayer%s: every pixel in the colour of its surroundings', async (pattern) => {
    for (const [bits, scale] of [
      [8, 1],
      [12, 16],
    ] as const) {
      // Odd sides: the mosaic ends in the middle of its pattern.
      const [width, height] = [97, 63]
      const image = testImage(`Bayer${pattern}${bits}`, width, height, (x, y) => noise(x, y) * scale)
      await scene.setDisplay({ ...gray, high: 255 * scale })
      await scene.setView(actualSizeView(image, canvas, 1))
      await show(image, { protocol: 'binary' })
      const left = Math.floor((canvas.width - width) / 2)
      const top = Math.floor((canvas.height - height) / 2)
      await scene.seen((at) => {
        expect(at(left - 1, top)).toEqual(background)
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) {
            const expected = debayeredPixel({ ...image, pattern }, x, y)
            const error = at(left + x, top + y).map((value, c) =>
              Math.abs(value - (expected[c] ?? 0) / scale),
            )
            expect(Math.max(...error), `pixel ${x}, ${y}`).toBeLessThanOrEqual(1)
          }
        }
      })
    }
  })

  test('made smaller by any factor, an even colour stays even', async () => {
    await scene.setDisplay(gray)
    for (const side of [
      [560, 420],
      [1000, 750],
      [1900, 1400],
    ] as const) {
      await show(plain('GR', side[0], side[1]), { protocol: 'binary' })
      await scene.seen((at) => {
        for (let y = 3; y < canvas.height - 3; y += 11) {
          for (let x = 9; x < canvas.width - 9; x += 13) expect(at(x, y)).toEqual([200, 100, 50])
        }
      })
    }
  })

  test('raw: each pixel is the grey of its own value, with colour table', async () => {
    const image = testImage('BayerBG8', 96, 64, noise)
    await scene.setView(actualSizeView(image, canvas, 1))
    await show(image, { protocol: 'binary' })
    const grey = (x: number, y: number) => noise(x, y)
    await scene.setDisplay({ ...gray, mosaic: 'raw' })
    await scene.seen((at) => {
      for (let x = 0; x < 96; x += 1) expect(at(152 + x, 118 + 9)).toEqual(Array(3).fill(grey(x, 9)))
    })
    await scene.setDisplay({ ...gray, mosaic: 'raw', lut: 'green' })
    await scene.seen((at) => expect(at(152 + 7, 118 + 9)).toEqual([0, grey(7, 9), 0]))
  })

  test('white balance, and saturation of any colour', async () => {
    const image = plain('RG', 96, 64)
    await show(image, { protocol: 'binary' })
    await scene.setDisplay({ ...gray, gains: [0.5, 1, 2] })
    await scene.seen((at) => expect(at(200, 150)).toEqual([100, 100, 100]))
    await show(
      testImage('BayerRG8', 96, 64, (x, y) => (bayerColour('RG', x, y) === 'blue' ? 255 : 20)),
      { protocol: 'binary' },
    )
    await scene.setDisplay({ ...gray, markSaturated: true })
    await scene.seen((at) => expect(at(200, 150)).toEqual([255, 0, 0]))
  })

  test('the probe tells the pixel’s own value, its colour, and that of the image', async () => {
    const image = testImage('BayerGB12', 96, 64, (x, y) => noise(x, y) * 16)
    await scene.setView({ zoom: 8, centerX: 30, centerY: 20 })
    await show(image, { protocol: 'binary' })
    await scene.page.evaluate(() => harness.display.probe({ x: 203, y: 141 }))
    const probe = await eventually('a probe', () => scene.page.evaluate(() => harness.probes.at(-1)))
    expect(probe).toMatchObject({ x: 30, y: 18, value: image.pixels[18 * 96 + 30], approximate: false })
    expect(probe.mosaic).toEqual({
      colour: bayerColour('GB', 30, 18),
      rgb: debayeredPixel({ ...image, pattern: 'GB' }, 30, 18),
    })
  })

  test('the values that are read back are the mosaic’s own', async () => {
    const image = testImage('BayerRG12', 30, 20, (x, y) => noise(x, y) * 16)
    for (const subsampling of [1, 3]) {
      await show(image, { protocol: 'binary', subsampling })
      const { frame, values } = await scene.page.evaluate(async () => {
        const content = await harness.display.readPixels()
        return { frame: content.frame, values: Array.from(content.pixels) }
      })
      expect(frame.pixelFormat).toBe('BayerRG12')
      const places = (length: number) =>
        Array.from({ length }, (_, i) => i).filter((i) => i % (2 * subsampling) < 2)
      expect(values).toEqual(places(20).flatMap((y) => places(30).map((x) => noise(x, y) * 16)))
    }
  })

  test.each(bayerPatterns)('JPEG streams of Bayer%s are in colour', async (pattern) => {
    for (const subsampling of [1, 2]) {
      await show(plain(pattern, 128, 96), { protocol: 'jpeg', quality: 95, windowMode: 'full', subsampling })
      await scene.seen((at) => {
        const error = at(200, 150).map((value, c) => Math.abs(value - ([200, 100, 50][c] ?? 0)))
        expect(Math.max(...error)).toBeLessThan(8)
      })
    }
  })
})
