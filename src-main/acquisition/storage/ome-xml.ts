/** OME-XML (schema 2016-06) of a dataset: what OME-TIFF files carry in the description of their first image. */
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { xmlAttributes as attributes, xmlEscaped as escaped } from '../../../src-shared/xml-text.ts'
import type { DatasetAxis, DatasetLayout } from './dataset-writer.ts'
import type { ImagePlanes, OmePlane, OmePlanes, PlaneRun } from './ome-planes.ts'
import { plateXml } from './ome-plate-xml.ts'

const namespace = 'http://www.openmicroscopy.org/Schemas/OME/2016-06'
const schemaLocation = `${namespace} ${namespace}/ome.xsd`

type OmeXmlOptions = {
  /** Numbers of the positions: one OME Image each. Absent: those that have a plane; an Image without one is none. */
  readonly positions?: readonly number[]
  /** Where the pixels are: images of this TIFF file, or elsewhere, and this is a text beside them. */
  readonly pixels?: 'tiff' | 'elsewhere'
}

/** The description of one file and its images. */
export function omeXml(
  layout: DatasetLayout,
  planes: OmePlanes,
  { positions = [...planes.images.keys()].toSorted((a, b) => a - b), pixels = 'tiff' }: OmeXmlOptions = {},
): string {
  const timeStepS = layout.timeStepS ?? (isRecording(layout) ? planes.meanTimeStepS : undefined)
  const images = positions.map((position) =>
    imageXml(layout, { position, planes: planes.images.get(position) ?? noPlanes, pixels, timeStepS }),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<OME xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schemaLocation}"${attributes({ Creator: layout.software })}>`,
    plateXml(layout, positions),
    instrumentXml(layout),
    ...images,
    annotationsXml(layout),
    '</OME>',
  ].join('')
}

/**
 * Of a file that grows: its planes are not told, against the schema, which wants a `TiffData`. tifffile and Bio-Formats
 * then go by the images that are there; with one they would believe the size, and show a recording's first image only.
 */
const noPlanes: ImagePlanes = { count: 0, lengths: { t: 0, c: 0, z: 0 }, runs: [], planes: [] }

/** Its rate is the camera's, which is even. */
function isRecording({ axes: [outermost] }: DatasetLayout): boolean {
  return outermost?.axis === 't' && outermost.length === undefined
}

/** One position and its planes. */
type OmeImage = {
  readonly position: number
  readonly planes: ImagePlanes
  readonly pixels: 'tiff' | 'elsewhere'
  readonly timeStepS: number | undefined
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

function pixelsXml(layout: DatasetLayout, { position, planes, pixels: where, timeStepS }: OmeImage): string {
  const { width, height, pixelFormat, pixelSizeUm, significantBits } = layout.image
  const { channels: samples, bytesPerSample } = pixelLayout(pixelFormat)
  const size = sizesOf(layout, planes)
  // Sizes are positive numbers in OME.
  const um = (name: string, value = 0) =>
    value === 0 ? {} : { [name]: Math.abs(value), [`${name}Unit`]: 'µm' }
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
    ...um('PhysicalSizeZ', layout.zStepUm),
    ...(timeStepS === undefined ? {} : { TimeIncrement: timeStepS, TimeIncrementUnit: 's' }),
  })
  return [
    `<Pixels${pixels}>`,
    ...Array.from({ length: size.c }, (_, c) => channelXml(layout, { position, c, samples })),
    ...(where === 'tiff' ? planes.runs.map(tiffDataXml) : ['<MetadataOnly/>']),
    ...planes.planes.map(planeXml),
    '</Pixels>',
  ].join('')
}

/** As planned, or, where it was stopped early or the end was open, as far as images are there. */
function sizesOf({ axes }: DatasetLayout, { lengths }: ImagePlanes) {
  const [outermost] = axes
  const sizeOf = (axis: Exclude<DatasetAxis, 'p'>) => {
    const planned = axes.find((one) => one.axis === axis)?.length
    return Math.max(1, planned === undefined || outermost?.axis === axis ? lengths[axis] : planned)
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

function tiffDataXml({ first, ifd, planes }: PlaneRun): string {
  const facts = attributes({
    FirstT: first.t,
    FirstC: first.c,
    FirstZ: first.z,
    IFD: ifd,
    PlaneCount: planes,
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
