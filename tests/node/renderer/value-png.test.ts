import { decode } from 'fast-png'
import { expect, it } from 'vitest'
import { valuePng } from '../../../src-renderer/export/value-png.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const images = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    wide: fc.boolean(),
  })
  .chain(({ width, height, channels, wide }) => {
    const length = { minLength: width * height * channels, maxLength: width * height * channels }
    const pixels = wide ? fc.uint16Array(length) : fc.uint8Array(length)
    return pixels.map((values) => ({ width, height, channels, pixels: values }))
  })

it('Another program reads the values that were written', async () => {
  await fc.assert(
    fc.asyncProperty(images, async (image) => {
      const { width, height, channels, data, depth } = decode(await valuePng(image), { checkCrc: true })
      expect({ width, height, channels, depth }).toEqual({
        width: image.width,
        height: image.height,
        channels: image.channels,
        depth: 8 * image.pixels.BYTES_PER_ELEMENT,
      })
      expect([...data]).toEqual([...image.pixels])
    }),
  )
})

it('Values may change once it has been called', async () => {
  const pixels = Uint16Array.of(1, 256, 65_535, 4095)
  const png = valuePng({ width: 2, height: 2, channels: 1, pixels })
  pixels.fill(0)
  expect([...decode(await png).data]).toEqual([1, 256, 65_535, 4095])
})
