/** What a file of camera values says of itself: its axes, channels, positions and sizes, as OME-XML (schema 2016-06). No DOM. */
import { type PlaneFormat, planeLayout } from '../../src-shared/frames/plane-format.ts'
import { xmlAttributes } from '../../src-shared/xml-text.ts'
import { datasetOf, shownChannels, type ViewerState } from '../stores/viewer-store.ts'
import type { ExportChoices } from './export-choices.ts'

export type ValueStack = {
  readonly name: string
  /** Unix time, ms. */
  readonly startedAt: number
  readonly width: number
  readonly height: number
  readonly pixelFormat: PlaneFormat
  readonly significantBits: number | undefined
  readonly pixelSizeUm: number | undefined
  /** Along which the places follow each other, and how many there are. */
  readonly axis: ExportChoices['axis']
  readonly length: number
  /** From one place to the next, where the axis is z or t: µm or s. */
  readonly step: number | undefined
  /** In the file's order; `channel`: its number in the dataset. */
  readonly channels: readonly { readonly channel: number; readonly name: string; readonly color?: string }[]
  /** Names of the places, where they are positions: each is an image of its own. */
  readonly positions: readonly string[]
}

/** An image of the file: its places within the stack, from 0. */
export type StackPlane = {
  readonly number: number
  readonly channel: number
  /** s since the first frame of the recording. */
  readonly elapsedS: number | undefined
}

/** The stack that `choices` make of what the viewer shows. */
export function valueStack(
  state: ViewerState,
  { axis, from, to }: Pick<ExportChoices, 'axis' | 'from' | 'to'>,
): ValueStack {
  const dataset = datasetOf(state)
  if (dataset === undefined) throw new Error('The item has no images')
  const { width, height, pixelFormat, significantBits, pixelSizeUm, zStepUm, timeStepS } = dataset
  const length = to - from + 1
  const steps: Partial<Record<ValueStack['axis'], number | undefined>> = { z: zStepUm, t: timeStepS }
  return {
    name: state.opened?.item.name ?? dataset.name,
    startedAt: state.opened?.item.startedAt ?? 0,
    ...{ width, height, pixelFormat, significantBits, pixelSizeUm },
    ...{ axis, length, step: steps[axis] },
    channels: shownChannels(state).map((channel) => {
      const { name = `Channel ${channel + 1}`, table = 'gray' } = state.looks[channel] ?? {}
      return { channel, name, ...(table.startsWith('#') ? { color: table } : {}) }
    }),
    positions:
      axis === 'p'
        ? Array.from({ length }, (_, i) => dataset.positions[from + i] ?? `Position ${from + i + 1}`)
        : [],
  }
}

const namespace = 'http://www.openmicroscopy.org/Schemas/OME/2016-06'
const schemaLocation = `${namespace} ${namespace}/ome.xsd`

/** The description of a TIFF file whose images are `planes`, in its order. Images of which there is no plane are left out. */
export function stackXml(stack: ValueStack, planes: readonly StackPlane[]): string {
  const numbered = planes.map((plane, ifd) => ({ ...plane, ifd }))
  const images =
    stack.axis === 'p'
      ? [...Map.groupBy(numbered, ({ number }) => number)].map(([number, own]) =>
          imageXml(stack, { number, name: stack.positions[number] ?? stack.name, planes: own }),
        )
      : [imageXml(stack, { number: 0, name: stack.name, planes: numbered })]
  const schema = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schemaLocation}"`
  return `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="${namespace}"${schema} Creator="Coverslip">${images.join('')}</OME>`
}

/** By the bytes of a sample. */
const omeTypes = { 1: 'uint8', 2: 'uint16', 4: 'float' } as const

type NumberedPlane = StackPlane & { readonly ifd: number }
type StackImage = {
  readonly number: number
  readonly name: string
  readonly planes: readonly NumberedPlane[]
}

function imageXml(stack: ValueStack, { number, name, planes }: StackImage): string {
  const { axis, length, pixelSizeUm, step } = stack
  const { channels: samples, bytesPerSample } = planeLayout(stack.pixelFormat)
  const pixels = xmlAttributes({
    ID: `Pixels:${number}`,
    DimensionOrder: axis === 't' ? 'XYCTZ' : 'XYCZT',
    Type: omeTypes[bytesPerSample],
    SignificantBits: stack.significantBits,
    BigEndian: false,
    Interleaved: samples > 1 ? true : undefined,
    SizeX: stack.width,
    SizeY: stack.height,
    SizeC: stack.channels.length * samples,
    SizeZ: axis === 'z' ? length : 1,
    SizeT: axis === 't' ? length : 1,
    ...micrometres('PhysicalSizeX', pixelSizeUm),
    ...micrometres('PhysicalSizeY', pixelSizeUm),
    ...micrometres('PhysicalSizeZ', axis === 'z' ? step : undefined),
    ...seconds('TimeIncrement', axis === 't' ? step : undefined),
  })
  const channels = stack.channels.map(({ name: channelName, color }, c) => {
    const facts = { ID: `Channel:${number}:${c}`, Name: channelName, SamplesPerPixel: samples }
    return `<Channel${xmlAttributes({ ...facts, Color: color === undefined ? undefined : omeColor(color) })}/>`
  })
  const places = planes.map((plane) => ({ ...plane, ...placeOf(stack, plane) }))
  const data = places.map(({ t, c, z, ifd }) => {
    const facts = { FirstT: t, FirstC: c, FirstZ: z, IFD: ifd, PlaneCount: 1 }
    return `<TiffData${xmlAttributes(facts)}/>`
  })
  const times = places.map(({ t, c, z, elapsedS }) => {
    const facts = { TheT: t, TheC: c, TheZ: z, ...seconds('DeltaT', elapsedS) }
    return `<Plane${xmlAttributes(facts)}/>`
  })
  const date = new Date(stack.startedAt).toISOString().replace(/\.\d+Z$/, '')
  return [
    `<Image${xmlAttributes({ ID: `Image:${number}`, Name: name })}>`,
    `<AcquisitionDate>${date}</AcquisitionDate>`,
    `<Pixels${pixels}>${[...channels, ...data, ...times].join('')}</Pixels></Image>`,
  ].join('')
}

function placeOf(
  { axis, channels }: Pick<ValueStack, 'axis' | 'channels'>,
  { number, channel }: StackPlane,
): { readonly t: number; readonly c: number; readonly z: number } {
  return {
    t: axis === 't' ? number : 0,
    c: channels.findIndex((one) => one.channel === channel),
    z: axis === 'z' ? number : 0,
  }
}

const withUnit = (unit: string) => (name: string, value: number | undefined) =>
  value === undefined || value === 0 ? {} : { [name]: value, [`${name}Unit`]: unit }
const micrometres = withUnit('µm')
const seconds = withUnit('s')

/** `#rrggbb` as OME's signed RGBA number. */
const omeColor = (color: string): number => Number.parseInt(`${color.slice(1)}ff`, 16) | 0
