/** What an export consists of: sizes, places and times of its pictures. No DOM. */
import { elapsedText } from '../../src-shared/elapsed-text.ts'
import type { ImageAxis, ImageDataset, PlaneIndex } from '../../src-shared/gallery.ts'
import { depthText } from '../components/depth-text.ts'
import type { Size } from '../display/view-transform.ts'
import {
  activeChannel,
  datasetOf,
  planeIndex,
  shownChannels,
  type ViewerState,
} from '../stores/viewer-store.ts'
import {
  type AxisRange,
  type ExportAxis,
  type ExportChoices,
  exportedProjection,
  type ExportSpeed,
  isMoving,
  keepsValues,
} from './export-choices.ts'

/** Widths that are offered besides that of the images. */
const usualWidths = [3840, 2560, 1920, 1280, 960, 640, 480, 320]
/** The shortest time that a picture is shown, s, where the images' own times would be shorter. */
const shortestS = 0.001
/** How long the only picture is shown, and each where no times are known, s. */
const usualS = 0.1

/** Axes that have several places, those first that a video is likeliest along; time alone where there is one image. */
export function exportAxes({ sizes }: Pick<ImageDataset, 'sizes'>): readonly ExportAxis[] {
  const axes: readonly ExportAxis[] = ['t', 'z', 'p']
  const long = axes.filter((axis) => (sizes[axis] ?? 1) > 1)
  return long.length === 0 ? ['t'] : long
}

/** The image's own width, and smaller ones that are usual. */
export function offeredWidths({ width }: Size): readonly number[] {
  return [width, ...usualWidths.filter((usual) => usual < width)]
}

/** Size of the pictures: of the images' shape; even where it is a video, so that a last row or column may be lost. */
export function pictureSize(image: Size, { format, width }: Pick<ExportChoices, 'format' | 'width'>): Size {
  if (keepsValues(format)) return { width: image.width, height: image.height }
  const height = Math.max(1, Math.round((image.height * width) / image.width))
  if (format !== 'mp4' && format !== 'webm') return { width, height }
  const even = (length: number) => Math.max(2, length - (length % 2))
  return { width: even(width), height: even(height) }
}

type Extent = Pick<ExportChoices, 'format' | 'axis' | 'ranges' | 'zProjection'>

/** The axes that an export goes along, the outermost first, and from where to where. */
export function exportedRanges(choices: Extent): readonly (AxisRange & { readonly axis: ExportAxis })[] {
  const { format, axis, ranges } = choices
  if (isMoving(format)) return [{ axis, ...ranges[axis] }]
  const axes: readonly ExportAxis[] = exportedProjection(choices) === undefined ? ['p', 't', 'z'] : ['p', 't']
  return axes.map((one) => ({ axis: one, ...ranges[one] }))
}

/** How many places it goes through. */
function placeCount(choices: Extent): number {
  return exportedRanges(choices).reduce((product, { from, to }) => product * (to - from + 1), 1)
}

/** Numbers of the channels in the pictures. */
export function exportedChannels(
  state: ViewerState,
  { format, channels }: Pick<ExportChoices, 'format' | 'channels'>,
): readonly number[] {
  return keepsValues(format) && channels === 'all' ? [...state.looks.keys()] : shownChannels(state)
}

/** How many pictures it makes: of raw values one for each channel. */
export function pictureCount(state: ViewerState, choices: Extent & Pick<ExportChoices, 'channels'>): number {
  return placeCount(choices) * (keepsValues(choices.format) ? exportedChannels(state, choices).length : 1)
}

/** A picture to be made: the planes that it is drawn of. */
export type PlannedPicture = {
  /** Where it is on all axes, from 0; of raw values also on that of channels. */
  readonly index: Required<PlaneIndex>
  readonly planes: readonly { readonly channel: number; readonly index: PlaneIndex }[]
  /** The plane whose time it has. */
  readonly about: PlaneIndex
}

/** The pictures in order, each when its turn comes: there may be a million. */
export function* plannedPictures(
  state: ViewerState,
  choices: Extent & Pick<ExportChoices, 'channels'>,
): Generator<PlannedPicture, undefined> {
  const channels = exportedChannels(state, choices)
  for (const places of placesOf(exportedRanges(choices))) {
    const at: ViewerState = { ...state, index: { ...state.index, ...places } }
    const planes = channels.map((channel) => ({ channel, index: planeIndex(at, channel) }))
    if (!keepsValues(choices.format))
      yield { index: at.index, planes, about: planeIndex(at, activeChannel(at)) }
    else
      for (const plane of planes)
        yield { index: { ...at.index, c: plane.channel }, planes: [plane], about: plane.index }
  }
}

/** All places within ranges, the last axis fastest. */
function* placesOf([outermost, ...others]: ReturnType<typeof exportedRanges>): Generator<
  PlaneIndex,
  undefined
> {
  if (outermost === undefined) {
    yield {}
    return
  }
  const { axis, from, to } = outermost
  for (let place = from; place <= to; place++)
    for (const within of placesOf(others)) yield { [axis]: place, ...within }
}

/** From when on a picture of a video is shown, and for how long, s. */
export type ShownTime = { readonly atS: number; readonly durationS: number }

/** Tells picture by picture when each is shown, so that nothing needs to be known of all of them beforehand. */
export class ShowingTimes {
  readonly #speed: ExportSpeed
  #atS = 0
  #steps = 0
  #stepsS = 0

  constructor(speed: ExportSpeed) {
    this.#speed = speed
  }

  /**
   * Of the next picture.
   * @param elapsedS when it was taken, s; undefined where that is not known
   * @param followingS the same of the picture after it, if there is one
   */
  next(elapsedS: number | undefined, followingS: number | undefined): ShownTime {
    const atS = this.#atS
    const durationS =
      this.#speed.kind === 'rate'
        ? 1 / this.#speed.perSecond
        : Math.max(shortestS, this.#stepS(elapsedS, followingS) / this.#speed.times)
    this.#atS += durationS
    return { atS, durationS }
  }

  /** From one picture to the next, s: where that is not known, as the ones before on average. */
  #stepS(elapsedS: number | undefined, followingS: number | undefined): number {
    if (elapsedS === undefined || followingS === undefined)
      return this.#steps === 0 ? usualS : this.#stepsS / this.#steps
    const stepS = Math.max(0, followingS - elapsedS)
    this.#steps += 1
    this.#stepsS += stepS
    return stepS
  }
}

/** How long it plays, s; undefined where the images' own times decide, and nothing is known of them. */
export function expectedDurationS(
  dataset: Pick<ImageDataset, 'timeStepS'>,
  choices: Extent & Pick<ExportChoices, 'speed'>,
): number | undefined {
  const { axis, speed } = choices
  const pictures = placeCount(choices)
  if (speed.kind === 'rate') return pictures / speed.perSecond
  const { timeStepS } = dataset
  return axis === 't' && timeStepS !== undefined ? (pictures * timeStepS) / speed.times : undefined
}

/** Text of a picture's time stamp. */
export function timeStamp(elapsedS: number | undefined): string | undefined {
  return elapsedS === undefined ? undefined : elapsedText(elapsedS)
}

/** Writing in a picture; `colour` in CSS. */
export type PictureLabel = { readonly text: string; readonly colour: string }

const white = '#ffffff'

/** What a picture is of: position, depth, and channels in their colours. */
export function pictureLabels(
  state: ViewerState,
  choices: Extent,
  { p, z }: Required<PlaneIndex>,
): readonly PictureLabel[] {
  const dataset = datasetOf(state)
  if (dataset === undefined) return []
  const position = (dataset.sizes.p ?? 1) > 1 ? (dataset.positions[p] ?? `Position ${p + 1}`) : undefined
  const planes = (dataset.sizes.z ?? 1) > 1 && exportedRanges(choices).some(({ axis }) => axis === 'z')
  const depth = planes ? `z ${depthText(dataset, z) ?? z + 1}` : undefined
  const channels = shownChannels(state)
    .map((channel) => state.looks[channel])
    .filter((look) => look !== undefined)
  return [
    ...[position, depth].filter((text) => text !== undefined).map((text) => ({ text, colour: white })),
    ...(state.looks.length < 2
      ? []
      : channels.map(({ name, table }) => ({ text: name, colour: table.startsWith('#') ? table : white }))),
  ]
}

/** Name of a file in a ZIP: the places on all axes that it goes along and that are longer than one, which sort. */
export function pictureName(
  { stem, sizes }: { readonly stem: string; readonly sizes: ImageDataset['sizes'] },
  choices: Extent,
  index: Required<PlaneIndex>,
): string {
  const axes: readonly ImageAxis[] = exportedRanges(choices).map(({ axis }) => axis)
  const places = [...axes, ...(keepsValues(choices.format) ? ['c' as const] : [])].flatMap((axis) => {
    const length = sizes[axis] ?? 1
    return length === 1 ? [] : [`${axis}${String(index[axis] + 1).padStart(String(length).length, '0')}`]
  })
  return [stem, ...places].join('_')
}

/** A name that every system takes for a file. */
export function fileStem(name: string): string {
  const cleaned = name
    .replaceAll(/[^\p{L}\p{M}\p{N}.-]+/gu, '_')
    .replace(/^[._-]+/, '')
    .slice(0, 80)
    .replace(/[._-]+$/, '')
  return cleaned === '' ? 'export' : cleaned
}
