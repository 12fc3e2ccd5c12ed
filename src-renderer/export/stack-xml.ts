/** OME-XML (schema 2016-06) of a file of camera values: the description of its first image. No DOM. */
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import { xmlAttributes, xmlEscaped } from '../../src-shared/xml-text.ts'
import type { StackPlace, StackPlane, ValueStack } from './value-stack.ts'

const namespace = 'http://www.openmicroscopy.org/Schemas/OME/2016-06'
const schemaLocation = `${namespace} ${namespace}/ome.xsd`
/** By the bytes of a sample. */
const omeTypes = { 1: 'uint8', 2: 'uint16', 4: 'float' } as const

/** An image, and which of the file's it is. */
type NumberedPlane = StackPlane & { readonly ifd: number }

/**
 * The description of a TIFF file whose images are `planes`, in its order; in pieces, as it may be long. Images of which
 * there is no plane are left out, and so are positions without any.
 */
export function* stackXml(stack: ValueStack, planes: readonly StackPlane[]): Generator<string, undefined> {
  yield `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schemaLocation}" Creator="Coverslip">`
  const numbered = planes.map((plane, ifd) => ({ ...plane, ifd }))
  for (const [position, own] of Map.groupBy(numbered, ({ place }) => place.p))
    yield* imageXml(stack, position, own)
  yield annotationsXml(stack)
  yield '</OME>'
}

/** Everything that OME has no place for, as JSON. */
function annotationsXml({ metadata }: ValueStack): string {
  const entries = Object.entries(metadata).map(
    ([key, value]) => `<M${xmlAttributes({ K: key })}>${xmlEscaped(JSON.stringify(value) ?? '')}</M>`,
  )
  return `<StructuredAnnotations><MapAnnotation ID="Annotation:0" Namespace="coverslip"><Value>${entries.join('')}</Value></MapAnnotation></StructuredAnnotations>`
}

function* imageXml(
  stack: ValueStack,
  position: number,
  planes: readonly NumberedPlane[],
): Generator<string, undefined> {
  const { sizeT, sizeZ, pixelSizeUm } = stack
  const { channels: samples, bytesPerSample } = planeLayout(stack.pixelFormat)
  const date = new Date(stack.startedAt).toISOString().replace(/\.\d+Z$/, '')
  const pixels = xmlAttributes({
    ID: `Pixels:${position}`,
    DimensionOrder: 'XYCZT',
    Type: omeTypes[bytesPerSample],
    SignificantBits: stack.significantBits,
    BigEndian: false,
    Interleaved: samples > 1 ? true : undefined,
    SizeX: stack.width,
    SizeY: stack.height,
    SizeC: stack.channels.length * samples,
    SizeZ: sizeZ,
    SizeT: sizeT,
    ...micrometres('PhysicalSizeX', pixelSizeUm),
    ...micrometres('PhysicalSizeY', pixelSizeUm),
    ...micrometres('PhysicalSizeZ', sizeZ > 1 ? stack.zStepUm : undefined),
    ...(sizeT > 1 && stack.timeStepS !== undefined ? seconds('TimeIncrement', stack.timeStepS) : {}),
  })
  yield `<Image${xmlAttributes({ ID: `Image:${position}`, Name: stack.positions[position] ?? stack.name })}>`
  yield `<AcquisitionDate>${date}</AcquisitionDate><Pixels${pixels}>`
  for (const [c, { name, color }] of stack.channels.entries()) {
    const facts = { ID: `Channel:${position}:${c}`, Name: name, SamplesPerPixel: samples }
    yield `<Channel${xmlAttributes({ ...facts, Color: color === undefined ? undefined : omeColor(color) })}/>`
  }
  const numberOf = new Map(stack.channels.map(({ channel }, c) => [channel, c]))
  const placed = (plane: NumberedPlane) => ({ ...plane, c: numberOf.get(plane.channel) ?? 0 })
  for (const { place, c, ifd, count } of runsOf(stack, planes.values().map(placed)))
    yield `<TiffData${xmlAttributes({ FirstT: place.t, FirstC: c, FirstZ: place.z, IFD: ifd, PlaneCount: count })}/>`
  for (const plane of planes) yield planeXml(placed(plane))
  yield '</Pixels></Image>'
}

type PlacedPlane = NumberedPlane & { readonly c: number }

/** Images that follow each other in the file as they do in the dimensions; `count` of them, from the one that is told. */
function* runsOf(
  { sizeZ, channels }: Pick<ValueStack, 'sizeZ' | 'channels'>,
  planes: Iterable<PlacedPlane>,
): Generator<PlacedPlane & { readonly count: number }, undefined> {
  const numberOf = ({ place, c }: { readonly place: StackPlace; readonly c: number }) =>
    (place.t * sizeZ + place.z) * channels.length + c
  let run: (PlacedPlane & { readonly count: number }) | undefined
  for (const plane of planes) {
    const isNext =
      run !== undefined && plane.ifd === run.ifd + run.count && numberOf(plane) === numberOf(run) + run.count
    if (run !== undefined && isNext) run = { ...run, count: run.count + 1 }
    else {
      if (run !== undefined) yield run
      run = { ...plane, count: 1 }
    }
  }
  if (run !== undefined) yield run
}

function planeXml({ place, c, facts }: PlacedPlane): string {
  const { elapsedS, exposureMs, stage } = facts ?? {}
  return `<Plane${xmlAttributes({
    TheT: place.t,
    TheC: c,
    TheZ: place.z,
    ...(elapsedS === undefined ? {} : seconds('DeltaT', elapsedS)),
    ...(exposureMs === undefined ? {} : seconds('ExposureTime', exposureMs / 1000)),
    ...at('X', stage?.x),
    ...at('Y', stage?.y),
    ...at('Z', stage?.z),
  })}/>`
}

const seconds = (name: string, value: number) => ({ [name]: value, [`${name}Unit`]: 's' })
const at = (axis: 'X' | 'Y' | 'Z', value: number | undefined) =>
  value === undefined ? {} : { [`Position${axis}`]: value, [`Position${axis}Unit`]: 'µm' }
/** Sizes are positive numbers in OME. */
const micrometres = (name: string, value: number | undefined) =>
  value === undefined || value <= 0 ? {} : { [name]: value, [`${name}Unit`]: 'µm' }

/** `#rrggbb` as OME's signed RGBA number. */
const omeColor = (color: string): number => Number.parseInt(`${color.slice(1)}ff`, 16) | 0
