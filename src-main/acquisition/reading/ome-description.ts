/** OME-XML (schema 2016-06 and those before) as OME-TIFF files carry it: which plane is where, and what it shows. */
import { SaxesParser, type SaxesTagNS } from 'saxes'
import type { DatasetChannel } from '../storage/dataset-writer.ts'
import { jsonOrText } from './json-or-text.ts'

/** An `Image` with its `Pixels`. */
export type OmeImage = {
  readonly name: string
  readonly sizeX: number
  readonly sizeY: number
  readonly sizeZ: number
  /** Planes, not samples: an RGB image counts once. */
  readonly sizeC: number
  readonly sizeT: number
  /** Samples of each channel's planes. */
  readonly samples: number
  /** `XYZCT` and the like. */
  readonly order: string
  readonly significantBits: number | undefined
  readonly pixelSizeUm: number | undefined
  readonly zStepUm: number | undefined
  readonly timeStepS: number | undefined
  readonly channels: readonly DatasetChannel[]
  /** Which of the file's directories holds a plane; see `placeOf`. Undefined: all in order. */
  readonly places: OmePlaces | undefined
}

export type OmeDescription = {
  readonly images: readonly OmeImage[]
  /** Annotations that we wrote (namespace `coverslip`), as JSON data. */
  readonly annotations: Readonly<Record<string, unknown>>
  readonly creator: string | undefined
}

/** Of all images together: their tables take 8 bytes each. */
const mostPlanes = 10_000_000
const mostImages = 10_000
/** Of all annotations together. */
const longestAnnotations = 16 * 2 ** 20
const mostChannels = 100_000

/** Directories of an image's planes, in a table of its sizes. */
class OmePlaces {
  /** Number of the directory + 1; 0: there is none. */
  readonly #directories: Uint32Array
  /** Names of other files with their numbers, from 1; 0: the file itself. */
  readonly #numbers = new Map<string, number>()
  readonly #files: string[] = []
  /** Number of the file that a plane is in. */
  #fileOf: Uint32Array | undefined
  #next = 0

  constructor(planes: number) {
    this.#directories = new Uint32Array(planes)
  }

  /** The directory that follows the last one that was set. */
  get next(): number {
    return this.#next
  }

  set(plane: number, directory: number, file: string | undefined): void {
    this.#directories[plane] = directory + 1
    this.#next = directory + 1
    if (file === undefined) return
    const number = this.#numbers.get(file) ?? this.#files.push(file)
    this.#numbers.set(file, number)
    this.#fileOf ??= new Uint32Array(this.#directories.length)
    this.#fileOf[plane] = number
  }

  /** @returns undefined where there is no such plane; `file` undefined: the file with the description. */
  find(plane: number): { readonly directory: number; readonly file: string | undefined } | undefined {
    const directory = this.#directories[plane] ?? 0
    if (directory === 0) return undefined
    const file = this.#fileOf?.[plane] ?? 0
    return { directory: directory - 1, file: file === 0 ? undefined : this.#files[file - 1] }
  }

  /** How many planes are there. */
  count(): number {
    return this.#directories.reduce((sum, directory) => sum + (directory === 0 ? 0 : 1), 0)
  }
}

/** Number of a plane in the order of its image's dimensions, the first of them fastest. */
export function omePlane(
  image: Pick<OmeImage, 'order' | 'sizeZ' | 'sizeC' | 'sizeT'>,
  index: { readonly z: number; readonly c: number; readonly t: number },
): number {
  const axes = { Z: [index.z, image.sizeZ], C: [index.c, image.sizeC], T: [index.t, image.sizeT] } as const
  let [plane, step] = [0, 1]
  for (const letter of image.order.slice(2)) {
    if (letter !== 'Z' && letter !== 'C' && letter !== 'T') continue
    plane += axes[letter][0] * step
    step *= axes[letter][1]
  }
  return plane
}

type Open = { -readonly [Key in keyof OmeImage]: OmeImage[Key] } & { channels: DatasetChannel[] }
type Attributes = Readonly<Record<string, string>>
type Run = { readonly attributes: Attributes; file: string | undefined }

/** Reads a description piece by piece: with a line for each plane it may have many megabytes. */
export class OmeXmlReader {
  readonly #parser = new SaxesParser({ xmlns: true })
  readonly #images: Open[] = []
  readonly #annotations: Record<string, unknown> = {}
  readonly #path: string[] = []
  #name = ''
  #creator: string | undefined
  #run: Run | undefined
  #text = ''
  #key: string | undefined
  #ours = false
  /** Planes that tables were made for, and that runs have told of. */
  #tabled = 0
  #told = 0
  #channels = 0
  /** Characters of annotations. */
  #annotated = 0
  #failure: Error | undefined

  constructor() {
    this.#parser.on('opentag', (tag) => this.#open(tag))
    this.#parser.on('closetag', ({ local }) => this.#close(local))
    this.#parser.on('text', (text) => {
      if (this.#key === undefined || this.#annotated > longestAnnotations) return
      this.#annotated += text.length
      this.#text += text
    })
    this.#parser.on('error', (error) => {
      this.#failure ??= error
    })
  }

  /** @throws Error when it is not well-formed, or claims sizes that no file has. */
  write(text: string): void {
    this.#parser.write(text)
    if (this.#failure !== undefined) throw this.#failure
  }

  /** @throws as `write` */
  end(): OmeDescription {
    this.#parser.close()
    if (this.#failure !== undefined) throw this.#failure
    return { images: this.#images, annotations: this.#annotations, creator: this.#creator }
  }

  #open(tag: SaxesTagNS): void {
    const attributes: Attributes = Object.fromEntries(
      Object.values(tag.attributes).map(({ local, value }) => [local, value]),
    )
    const parent = this.#path.at(-1)
    this.#path.push(tag.local)
    switch (tag.local) {
      case 'OME':
        this.#creator = attributes['Creator']
        return
      case 'Image':
        this.#name = attributes['Name'] ?? attributes['ID'] ?? ''
        return
      case 'Pixels':
        if (parent === 'Image') this.#images.push(pixelsOf(this.#name, attributes))
        if (this.#images.length > mostImages) throw new Error(`it lists more than ${mostImages} images`)
        return
      case 'Channel':
        if (parent === 'Pixels') this.#addChannel(attributes)
        return
      case 'TiffData':
        this.#run = { attributes, file: undefined }
        return
      case 'UUID':
        if (this.#run !== undefined) this.#run.file = attributes['FileName']
        return
      case 'MapAnnotation':
        this.#ours = attributes['Namespace'] === 'coverslip'
        return
      case 'M':
        this.#key = this.#ours ? attributes['K'] : undefined
        this.#text = ''
        return
      default:
    }
  }

  #close(local: string): void {
    this.#path.pop()
    if (local === 'TiffData') this.#addRun()
    if (local === 'MapAnnotation') this.#ours = false
    if (local !== 'M' || this.#key === undefined) return
    this.#annotations[this.#key] = jsonOrText(this.#text)
    this.#key = undefined
  }

  #addChannel(attributes: Attributes): void {
    const image = this.#images.at(-1)
    if (image === undefined) return
    this.#channels += 1
    if (this.#channels > mostChannels) throw new Error(`it lists more than ${mostChannels} channels`)
    const samples = Number(attributes['SamplesPerPixel'] ?? 1)
    // SizeC counts samples.
    if (image.channels.length === 0 && Number.isInteger(samples) && samples > 1) {
      image.sizeC = Math.max(1, Math.floor(image.sizeC / samples))
      image.samples = samples
      image.places = undefined
    }
    const color = omeColor(attributes['Color'])
    image.channels.push({
      name: attributes['Name'] ?? `Channel ${image.channels.length + 1}`,
      ...(color === undefined ? {} : { color }),
    })
  }

  /** TiffData: `PlaneCount` planes from `FirstZ/C/T` on are the directories from `IFD` on. */
  #addRun(): void {
    const image = this.#images.at(-1)
    const run = this.#run
    this.#run = undefined
    if (image === undefined || run === undefined || Object.keys(run.attributes).length === 0) return
    const { sizeZ, sizeC, sizeT } = image
    const planes = sizeZ * sizeC * sizeT
    if (image.places === undefined) this.#tabled = atMostPlanes(this.#tabled + planes)
    image.places ??= new OmePlaces(planes)
    const { places } = image
    const whole = (key: string, otherwise: number) => {
      const value = Number(run.attributes[key] ?? otherwise)
      if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value
      throw new Error(`TiffData has the ${key} ${run.attributes[key]}`)
    }
    const first = omePlane(image, { z: whole('FirstZ', 0), c: whole('FirstC', 0), t: whole('FirstT', 0) })
    const directory = whole('IFD', run.file === undefined ? places.next : 0)
    const count = whole('PlaneCount', 'IFD' in run.attributes ? 1 : planes - first)
    const told = Math.max(0, Math.min(count, planes - first))
    // Whoever tells of the same planes again and again would keep everybody waiting.
    this.#told = atMostPlanes(this.#told + told)
    for (let i = 0; i < told; i++) places.set(first + i, directory + i, run.file)
  }
}

function atMostPlanes(planes: number): number {
  if (planes <= mostPlanes) return planes
  throw new Error(`it claims ${planes} planes`)
}

function pixelsOf(name: string, attributes: Attributes): Open {
  const size = (key: string) => {
    const value = Number(attributes[key] ?? 1)
    if (Number.isInteger(value) && value > 0 && value <= 2 ** 31) return value
    throw new Error(`${key} is ${attributes[key]}`)
  }
  const [sizeZ, sizeC, sizeT] = [size('SizeZ'), size('SizeC'), size('SizeT')]
  atMostPlanes(sizeZ * sizeC * sizeT)
  const positive = (key: string, factors: Readonly<Record<string, number>>, unit: string) => {
    const factor = factors[attributes[`${key}Unit`] ?? unit]
    const value = Number(attributes[key]) * (factor ?? Number.NaN)
    return Number.isFinite(value) && value > 0 ? value : undefined
  }
  const bits = Number(attributes['SignificantBits'])
  return {
    name,
    sizeX: size('SizeX'),
    sizeY: size('SizeY'),
    sizeZ,
    sizeC,
    sizeT,
    samples: 1,
    order: attributes['DimensionOrder'] ?? 'XYZCT',
    significantBits: Number.isInteger(bits) && bits > 0 && bits <= 16 ? bits : undefined,
    pixelSizeUm: positive('PhysicalSizeX', micrometresIn, 'µm'),
    zStepUm: positive('PhysicalSizeZ', micrometresIn, 'µm'),
    timeStepS: positive('TimeIncrement', secondsIn, 's'),
    channels: [],
    places: undefined,
  }
}

const micrometresIn = { µm: 1, μm: 1, um: 1, nm: 1e-3, mm: 1e3, cm: 1e4, m: 1e6, pm: 1e-6 }
const secondsIn = { s: 1, ms: 1e-3, µs: 1e-6, μs: 1e-6, min: 60, h: 3600, d: 86_400 }

/** `#rrggbb` of OME's signed RGBA number. */
function omeColor(text: string | undefined): string | undefined {
  if (text === undefined || !/^-?\d{1,10}$/.test(text)) return undefined
  return `#${((Number(text) >>> 0) >>> 8).toString(16).padStart(6, '0')}`
}
