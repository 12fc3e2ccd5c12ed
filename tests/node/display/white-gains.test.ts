import { describe, expect, it } from 'vitest'
import type { ShownFrame } from '../../../src-renderer/display/display-types.ts'
import { shownFrame } from '../../../src-renderer/display/shown-frame.ts'
import { whiteGains } from '../../../src-renderer/display/white-gains.ts'
import { bayerColour } from '../../../src-shared/frames/bayer-pattern.ts'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { frameMessage } from '../../fixtures/frame-message.ts'

const frame = (pixelFormat: PixelFormat, width: number, height: number): ShownFrame => ({
  ...shownFrame(frameMessage()),
  pixelFormat,
  width,
  height,
})

describe('white balance', () => {
  it('makes the brightest parts of a Bayer image white, whatever lies elsewhere', () => {
    const [width, height] = [300, 200]
    const white = { red: 2100, green: 4100, blue: 1100 }
    const pixels = Uint16Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)]
      // A tenth of the image is white, the rest blue.
      if (x < 30) return white[bayerColour('GR', x, y)]
      return bayerColour('GR', x, y) === 'blue' ? 1000 : 100
    })
    expect(whiteGains({ frame: frame('BayerGR12', width, height), pixels }, 100)).toEqual([2, 1, 4])
  })
  it('works on RGB, with a limit to what noise is multiplied by', () => {
    const pixels = Uint8Array.from({ length: 3 * 40 * 40 }, (_, i) => [200, 100, 2][i % 3] ?? 0)
    expect(whiteGains({ frame: frame('RGB8', 40, 40), pixels }, 0)).toEqual([1, 2, 8])
  })
  it('leaves grey and dark images as they are', () => {
    const pixels = new Uint8Array(3 * 40 * 40).fill(10)
    expect(whiteGains({ frame: frame('RGB8', 40, 40), pixels }, 10)).toEqual([1, 1, 1])
    expect(whiteGains({ frame: frame('Mono8', 40, 120), pixels }, 0)).toEqual([1, 1, 1])
  })
})
