/** OME-XML (schema 2016-06) of a dataset: what OME-TIFF files carry in the description of their first image. */
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import type { DatasetAxis, DatasetLayout, StoredFrame } from './dataset-writer.ts'

/** An image of the file: `ifd` is its number there. */
export type OmePlane = {
  readonly ifd: number
  readonly index: StoredFrame['index']
  readonly record: Pick<StoredFrame['record'], 'stage' | 'exposureMs' | 'elapsedS'>
}

/** Planes that one file's description may name: a text has to hold it, and memory the planes until then. */
export const maxOmePlanes = 500_000

const namespace = 'http://www.openmicroscopy.org/Schemas/OME/2016-06'
const schemaLocation = `${namespace} ${namespace}/ome.xsd`

/**
 * The description of one file.
 * @param planes all images of the file, in its order.
 * @param positions numbers of the positions that the file has: one OME Image each. An Image without a plane is none.
 * @param pixels where they are: images of this TIFF file, or elsewhere, and this is a text beside them.
 */
export function omeXml(layout: DatasetLayout, { planes, positions, pixels = 'tiff' }: OmeXmlOptions): string {
  const byPosition = Map.groupBy(planes, ({ index }) => index.p ?? 0)
  const images = positions.map((position) =>
    imageXml(layout, { position, planes: byPosition.get(position) ?? [], pixels }),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<OME xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schemaLocation}"${attributes({ Creator: layout.software })}>`,
    instrumentXml(layout),
    ...images,
    annotationsXml(layout),
    '</OME>',
  ].join('')
}

/** Numbers of the positions that `planes` are of. */
export function positionsOf(planes: readonly OmePlane[]): readonly number[] {
  return [...new Set(planes.map(({ index }) => index.p ?? 0))].toSorted((a, b) => a - b)
}

type OmeXmlOptions = {
  readonly planes: readonly OmePlane[]
  readonly positions: readonly number[]
  readonly pixels?: 'tiff' | 'elsewhere'
}

/** One position and its planes. */
type OmeImage = {
  readonly position: number
  readonly planes: readonly OmePlane[]
  readonly pixels: 'tiff' | 'elsewhere'
}

function instrumentXml({ camera }: DatasetLayout): string {
  const detector = attributes({ ID: 'Detector:0', Model: camera.model, SerialNumber: camera.serialNumber })
  return `<Instrument ID="Instrument:0"><Detector${detector}/></Instrument>`
}

/** Everything that OME has no place for, as JSON. */
function annotationsXml({ metadata }: DatasetLayout): string {
  const entries = Object.entries(metadata).map(
    ([key, value]) => `<M${attributes({ K: key })}>${escaped(JSON.stringify(value) ?? '')}</M>`,
  )
  if (entries.length === 0) return ''
  return `<StructuredAnnotations><MapAnnotation ID="Annotation:0" Namespace="coverslip"><Value>${entries.join('')}</Value></MapAnnotation></StructuredAnnotations>`
}

function imageXml(layout: DatasetLayout, image: OmeImage): string {
  const { position } = image
  const name = layout.positions[position]?.name ?? layout.name
  return [
    `<Image${attributes({ ID: `Image:${position}`, Name: name })}>`,
    `<AcquisitionDate>${new Date(layout.startedAt).toISOString().replace(/\.\d+Z$/, '')}</AcquisitionDate>`,
    '<InstrumentRef ID="Instrument:0"/>',
    pixelsXml(layout, image),
    '</Image>',
  ].join('')
}

function pixelsXml(layout: DatasetLayout, { position, planes, pixels: where }: OmeImage): string {
  const { width, height, pixelFormat, pixelSizeUm, significantBits } = layout.image
  const { channels: samples, bytesPerSample } = pixelLayout(pixelFormat)
  const size = sizesOf(layout, planes)
  const um = (name: string, value: number | undefined) => ({ [name]: value, [`${name}Unit`]: value && 'µm' })
  const pixels = attributes({
    ID: `Pixels:${position}`,
    DimensionOrder: dimensionOrder(layout),
    Type: bytesPerSample === 1 ? 'uint8' : 'uint16',
    SignificantBits: significantBits,
    BigEndian: false,
    Interleaved: samples > 1 ? true : undefined,
    SizeX: width,
    SizeY: height,
    SizeC: size.c * samples,
    SizeZ: size.z,
    SizeT: size.t,
    ...um('PhysicalSizeX', pixelSizeUm),
    ...um('PhysicalSizeY', pixelSizeUm),
    ...um('PhysicalSizeZ', layout.zStepUm === 0 ? undefined : layout.zStepUm),
    TimeIncrement: layout.timeStepS,
    TimeIncrementUnit: layout.timeStepS === undefined ? undefined : 's',
  })
  return [
    `<Pixels${pixels}>`,
    ...Array.from({ length: size.c }, (_, c) => channelXml(layout, { position, c, samples })),
    ...(where === 'tiff' ? planes.map(tiffDataXml) : ['<MetadataOnly/>']),
    ...planes.map((plane) => planeXml(plane)),
    '</Pixels>',
  ].join('')
}

/** As planned, or, where it was stopped early or the end was open, as far as images are there. */
function sizesOf({ axes }: DatasetLayout, planes: readonly OmePlane[]) {
  const there = (axis: DatasetAxis) =>
    planes.reduce((most, { index }) => Math.max(most, (index[axis] ?? 0) + 1), 1)
  const [outermost] = axes
  const sizeOf = (axis: DatasetAxis) => {
    const planned = axes.find((one) => one.axis === axis)?.length
    return planned === undefined || outermost?.axis === axis ? there(axis) : Math.max(1, planned)
  }
  return { t: sizeOf('t'), c: sizeOf('c'), z: sizeOf('z') }
}

/** `XY`, then the fastest axis first. */
function dimensionOrder({ axes }: DatasetLayout): string {
  const used = axes.flatMap(({ axis }) => (axis === 'p' ? [] : [axis.toUpperCase()])).toReversed()
  return ['XY', ...used, ...['Z', 'C', 'T'].filter((axis) => !used.includes(axis))].join('')
}

function channelXml(
  { channels }: DatasetLayout,
  { position, c, samples }: { readonly position: number; readonly c: number; readonly samples: number },
): string {
  const channel = channels[c]
  const facts = attributes({
    ID: `Channel:${position}:${c}`,
    Name: channel?.name,
    SamplesPerPixel: samples,
    Color: channel?.color === undefined ? undefined : omeColor(channel.color),
  })
  return `<Channel${facts}><DetectorSettings ID="Detector:0"/></Channel>`
}

/** `#rrggbb` as OME's signed RGBA number. */
function omeColor(color: string): number | undefined {
  const [, rgb] = /^#([0-9a-f]{6})$/i.exec(color) ?? []
  return rgb === undefined ? undefined : Number.parseInt(`${rgb}ff`, 16) | 0
}

function tiffDataXml({ index, ifd }: OmePlane): string {
  const facts = attributes({
    FirstT: index.t ?? 0,
    FirstC: index.c ?? 0,
    FirstZ: index.z ?? 0,
    IFD: ifd,
    PlaneCount: 1,
  })
  return `<TiffData${facts}/>`
}

function planeXml({ index, record }: OmePlane): string {
  const { stage, exposureMs, elapsedS } = record
  const place = (axis: 'X' | 'Y' | 'Z', value: number | undefined) =>
    value === undefined ? {} : { [`Position${axis}`]: value, [`Position${axis}Unit`]: 'µm' }
  const facts = attributes({
    TheT: index.t ?? 0,
    TheC: index.c ?? 0,
    TheZ: index.z ?? 0,
    DeltaT: elapsedS,
    DeltaTUnit: 's',
    ExposureTime: exposureMs / 1000,
    ExposureTimeUnit: 's',
    ...place('X', stage?.x),
    ...place('Y', stage?.y),
    ...place('Z', stage?.z),
  })
  return `<Plane${facts}/>`
}

function attributes(facts: Readonly<Record<string, string | number | boolean | undefined>>): string {
  return Object.entries(facts)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(String(value))}"`]))
    .join('')
}

/** XML 1.0 has no place for control characters. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
