/** Pixel format and binning. */
import { standardProperty } from '../../../src-shared/devices.ts'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import type { FeatureOfKind } from '../genicam/feature.ts'
import { findPixelUnpacking } from '../pixels/pixel-unpackings.ts'
import { type Features, isWritable, type StandardProperty } from './standard-property.ts'

/** What the camera can send and Coverslip can read: name of the entry, and how its pixels lie in the slot. */
export function readableFormats(feature: FeatureOfKind<'enumeration'>): readonly {
  readonly entry: string
  readonly code: number
  readonly ringFormat: PixelFormat
  readonly bits: number
}[] {
  return feature.entries.flatMap(({ name, value }) => {
    const unpacking = findPixelUnpacking(Number(BigInt.asUintN(32, value)))
    if (unpacking === undefined) return []
    const { code, ringFormat, bitsPerPixel } = unpacking
    return [{ entry: name, code, ringFormat, bits: bitsPerPixel }]
  })
}

function pixelFormatOf(features: Features): FeatureOfKind<'enumeration'> | undefined {
  const feature = features.get('PixelFormat')
  return feature?.kind === 'enumeration' ? feature : undefined
}

/**
 * The format as it is delivered. Where a camera can send it in several ways (`Mono12`, `Mono12p`), the smallest is
 * chosen, as the network is what limits the frame rate; the camera's own `PixelFormat` offers them all.
 */
export const pixelFormatProperty: StandardProperty = {
  name: standardProperty.pixelFormat,
  features: ['PixelFormat'],
  replaces: [],

  describe(features) {
    const feature = pixelFormatOf(features)
    if (feature?.value === undefined) return undefined
    const formats = readableFormats(feature)
    const now = formats.find(({ entry }) => entry === feature.value)?.ringFormat
    const options = [...new Set(formats.map(({ ringFormat }) => ringFormat))]
    if (now === undefined || options.length === 0) return undefined
    return {
      name: standardProperty.pixelFormat,
      title: 'Pixel format',
      category: 'Geometry',
      readOnly: !isWritable(feature),
      lockedWhileAcquiring: true,
      type: 'option',
      value: now,
      options,
    }
  },

  async set(nodeMap, value, features) {
    const feature = pixelFormatOf(features)
    if (feature === undefined) return
    const formats = readableFormats(feature).filter(({ ringFormat }) => ringFormat === value)
    if (formats.some(({ entry }) => entry === feature.value)) return
    const [smallest] = formats.toSorted((a, b) => a.bits - b.bits)
    if (smallest !== undefined) await nodeMap.set('PixelFormat', smallest.entry)
  },
}

function integer(features: Features, name: string): FeatureOfKind<'integer'> | undefined {
  const feature = features.get(name)
  return feature?.kind === 'integer' ? feature : undefined
}

/**
 * The same in both directions, by powers of two: those are what nearly all cameras can do of the range that they
 * announce. The camera's own features stay, for all others.
 */
export const binningProperty: StandardProperty = {
  name: standardProperty.binning,
  features: ['BinningHorizontal', 'BinningVertical'],
  replaces: [],

  describe(features) {
    const across = integer(features, 'BinningHorizontal')
    const down = integer(features, 'BinningVertical')
    if (across?.value === undefined || down?.value === undefined) return undefined
    const most = across.max < down.max ? across.max : down.max
    const square = [1n, 2n, 4n, 8n, 16n]
      .filter((factor) => factor <= most)
      .map((factor) => `${factor}x${factor}`)
    const value = `${across.value}x${down.value}`
    return {
      name: standardProperty.binning,
      title: 'Binning',
      category: 'Geometry',
      readOnly: !isWritable(across),
      lockedWhileAcquiring: true,
      type: 'option',
      value,
      options: square.includes(value) ? square : [...square, value],
    }
  },

  async set(nodeMap, value) {
    const [across = '1', down = '1'] = String(value).split('x')
    await nodeMap.set('BinningHorizontal', BigInt(across))
    // Where binning is one setting of the camera, the second feature follows by itself and may be read-only.
    if ((await nodeMap.getInteger('BinningVertical')) !== BigInt(down)) {
      await nodeMap.set('BinningVertical', BigInt(down))
    }
  },
}
