import { describe, expect, test } from 'vitest'
import type { ShownFrame } from '../../../src-renderer/display/display-types.ts'
import { aduOfGrey, copyPixels, probePixel } from '../../../src-renderer/display/pixel-probe.ts'
import { histogramOf, shownFrame } from '../../../src-renderer/display/shown-frame.ts'
import { frameMessage } from '../../fixtures/frame-message.ts'

const message = frameMessage({
  width: 4,
  height: 2,
  original_width: 20,
  original_height: 12,
  crop_x: 6,
  crop_y: 4,
  subsampling: 2,
  stage: { x: 1000, y: -50, z: 3 },
})
/** 0.65 µm per delivered pixel, so 0.325 per camera pixel. */
const frame: ShownFrame = shownFrame(message)
const pixels = Uint16Array.from({ length: 8 }, (_, i) => 100 * i)
const image = { kind: 'mono', pixels, width: 4, height: 2, maxValue: 4095 } as const

describe('probe', () => {
  test('value, camera pixel and stage position of what lies under a point', () => {
    const probe = probePixel(frame, image, { x: 2.9, y: 1.2 })
    expect(probe).toMatchObject({ x: 10, y: 6, value: 600, approximate: false })
    // The pixel's centre is 1 camera pixel right of the camera frame's centre (10, 6), and 1 below.
    expect(probe?.xUm).toBeCloseTo(1000.325, 9)
    expect(probe?.yUm).toBeCloseTo(-49.675, 9)
  })

  test.each([
    { x: -0.1, y: 0 },
    { x: 4, y: 0 },
    { x: 0, y: 2 },
  ])('nothing outside the image: %o', (at) => {
    expect(probePixel(frame, image, at)).toBeUndefined()
  })

  test('three values for colour, no position without stage or calibration', () => {
    const rgb = {
      kind: 'rgb',
      pixels: Uint8Array.from({ length: 24 }, (_, i) => i),
      width: 4,
      height: 2,
      maxValue: 255,
    } as const
    const lost = { ...frame, pixelSizeUm: undefined }
    expect(probePixel(lost, rgb, { x: 1, y: 1 })).toMatchObject({
      value: [15, 16, 17],
      xUm: undefined,
      yUm: undefined,
    })
    expect(probePixel({ ...frame, stage: undefined }, rgb, { x: 1, y: 1 })).toMatchObject({ xUm: undefined })
  })

  test('grey of a JPEG goes back to pixel values', () => {
    const window = { low: 200, high: 1200, gamma: 2 }
    expect(aduOfGrey(0, window)).toBe(200)
    expect(aduOfGrey(255, window)).toBe(1200)
    const grey = 255 * Math.sqrt((450 - 200) / 1000)
    expect(aduOfGrey(grey, window)).toBeCloseTo(450, 9)
  })
})

test('pixels are copied, so that the next frame does not change them', () => {
  const copy = copyPixels(frame, image)
  expect(copy.pixels).toEqual(pixels)
  expect(copy.pixels.buffer).not.toBe(pixels.buffer)
})

test('what is said of a frame comes from its message', () => {
  expect(frame).toMatchObject({
    detectorName: 'camera',
    maxValue: 4095,
    pixelSizeUm: 0.65,
    offsetX: 6,
    subsampling: 2,
    protocol: 'binary',
    windowed: undefined,
  })
  expect(histogramOf(message)).toMatchObject({ maxValue: 4095, p001: 1, p999: 99, saturatedFraction: 0 })
  expect(histogramOf(message).bins).toHaveLength(256)
})
