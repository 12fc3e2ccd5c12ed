import type { TestPattern } from './camera-settings.ts'

/** Size of a test pattern. */
export type PatternSize = {
  readonly width: number
  readonly height: number
  /** Samples of a pixel; all of a pixel's are alike. */
  readonly samplesPerPixel: number
  readonly bits: number
}

/**
 * Draws a test pattern (SFNC's TestPattern) whose every sample can be foretold, so that a client can check what it
 * received: with `max` = 2^bits - 1, the horizontal ramp is x & max, the vertical one y & max, and the moving one
 * (x + y + `number`) & max, where the number of a frame is its block id.
 */
export function drawTestPattern(
  samples: Uint8Array | Uint16Array,
  pattern: Exclude<TestPattern, 'Off'>,
  size: PatternSize,
  number: number,
): void {
  const { width, height, samplesPerPixel, bits } = size
  const max = 2 ** bits - 1
  const rowSamples = width * samplesPerPixel
  for (let y = 0; y < height; y += 1) {
    const start = y * rowSamples
    switch (pattern) {
      case 'Black':
      case 'White':
        samples.fill(pattern === 'White' ? max : 0, start, start + rowSamples)
        break
      case 'GreyVerticalRamp':
        samples.fill(y & max, start, start + rowSamples)
        break
      case 'GreyHorizontalRamp':
      case 'GreyDiagonalRampMoving': {
        const first = pattern === 'GreyHorizontalRamp' ? 0 : (y + number) % (max + 1)
        for (let sample = 0; sample < rowSamples; sample += 1) {
          samples[start + sample] = (first + Math.floor(sample / samplesPerPixel)) & max
        }
      }
    }
  }
}
