/** How the channels of a dataset are shown. */
import type { ImageDataset } from '../../src-shared/gallery.ts'
import type { ColourTable } from '../display/lut.ts'
import type { DisplaySettings, Histogram } from '../display/display-types.ts'
import { followWindow, type ValueWindow, wholeWindow, windowOfHistogram } from './auto-window.ts'

/** How a channel of a stored image is shown. */
export type ChannelLook = {
  readonly name: string
  /** In composed images. */
  readonly visible: boolean
  readonly table: ColourTable
  /** `auto`: follows each plane; `full`: the format's whole range, or the plane's of real numbers; `manual`: stays. */
  readonly windowMode: 'auto' | 'full' | 'manual'
  /** ADU; undefined until the first plane tells what fits. */
  readonly window: ValueWindow | undefined
  readonly gamma: number
}

/** Usual colours of dyes and proteins, by what their names begin with or contain. */
const usualColours: readonly (readonly [RegExp, ColourTable])[] = [
  [/dapi|hoechst|bfp|405/i, '#3b7bff'],
  [/cfp|cyan/i, '#00e5ff'],
  [/gfp|fitc|488|calcein|green/i, '#00ff3c'],
  [/yfp|venus|yellow/i, '#ffe600'],
  [/rfp|tritc|cherry|tomato|cy3|561|texas|red/i, '#ff2a2a'],
  [/cy5|far|640|647|magenta/i, '#ff00e0'],
  [/bright|phase|dic|trans|\bbf\b|grey|gray/i, '#ffffff'],
]

/** For channels whose names say nothing, in order. */
const otherColours: readonly ColourTable[] = [
  '#00ff3c',
  '#ff00e0',
  '#00e5ff',
  '#ffe600',
  '#ff2a2a',
  '#3b7bff',
]

const hexColour = /^#[\da-f]{6}$/i
const isColour = (text: string | undefined): text is `#${string}` =>
  text !== undefined && hexColour.test(text)

function tableOf(name: string, color: string | undefined, place: number): ColourTable {
  if (isColour(color)) return color
  const usual = usualColours.find(([pattern]) => pattern.test(name))?.[1]
  return usual ?? otherColours[place % otherColours.length] ?? 'gray'
}

/**
 * How a dataset is shown at first: one channel in grey, several in their colours, with the file's contrast if it has
 * one. Colour images are shown as they are: fitting their contrast would change their colours.
 */
export function initialLooks({
  channels,
  sizes,
  pixelFormat,
}: Pick<ImageDataset, 'channels' | 'sizes' | 'pixelFormat'>): readonly ChannelLook[] {
  const count = Math.max(1, sizes.c ?? 1)
  return Array.from({ length: count }, (_, place) => {
    const channel = channels[place]
    const name = channel?.name ?? (count === 1 ? 'Image' : `Channel ${place + 1}`)
    const { windowLow, windowHigh, color } = channel ?? {}
    const fromFile = windowLow !== undefined && windowHigh !== undefined && windowHigh > windowLow
    return {
      name,
      visible: true,
      table: count === 1 ? 'gray' : tableOf(name, color, place),
      windowMode: pixelFormat === 'RGB8' ? 'full' : 'manual',
      window: fromFile ? { low: windowLow, high: windowHigh } : undefined,
      gamma: 1,
    }
  })
}

/** The look once the values of its plane are known. */
export function withHistogram(look: ChannelLook, histogram: Histogram): ChannelLook {
  const fitting = windowOfHistogram(histogram)
  if (look.window === undefined) return { ...look, window: fitting }
  if (look.windowMode === 'full' && histogram.real !== undefined)
    return { ...look, window: wholeWindow(histogram) }
  if (look.windowMode !== 'auto') return look
  const window = followWindow(look.window, fitting, histogram.real?.step)
  return window === look.window ? look : { ...look, window }
}

/** Largest value that pixels of a dataset may have; undefined for real numbers. */
export function maxValueOf({ significantBits }: Pick<ImageDataset, 'significantBits'>): number | undefined {
  return significantBits === undefined ? undefined : 2 ** significantBits - 1
}

/** Black and white of a channel, ADU. Of real numbers (`maxValue` undefined) the look knows them. */
export function windowOf(look: ChannelLook, maxValue: number | undefined): ValueWindow {
  if (maxValue === undefined) return look.window ?? { low: 0, high: 1 }
  return (look.windowMode === 'full' ? undefined : look.window) ?? { low: 0, high: maxValue }
}

/** What the display is told of a channel. */
export function displaySettings(
  look: ChannelLook,
  options: Pick<DisplaySettings, 'markSaturated' | 'mosaic'> & { readonly maxValue: number | undefined },
): DisplaySettings {
  const { maxValue, ...others } = options
  return { ...windowOf(look, maxValue), gamma: look.gamma, lut: look.table, ...others }
}
