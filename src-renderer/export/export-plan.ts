/** What an export consists of: sizes, places and times of its pictures. No DOM. */
import { elapsedText } from '../../src-shared/elapsed-text.ts'
import type { ImageAxis, ImageDataset, PlaneIndex, ZProjection } from '../../src-shared/gallery.ts'
import { depthText } from '../components/depth-text.ts'
import type { Size } from '../display/view-transform.ts'
import {
  activeChannel,
  datasetOf,
  planeIndex,
  shownChannels,
  type ViewerState,
} from '../stores/viewer-store.ts'
import { type ExportChoices, type ExportSpeed, keepsValues } from './export-choices.ts'

/** Widths that are offered besides that of the images. */
const usualWidths = [3840, 2560, 1920, 1280, 960, 640, 480, 320]
/** The shortest time that a picture is shown, s, where the images' own times would be shorter. */
const shortestS = 0.001
/** How long the only picture is shown, and each where no times are known, s. */
const usualS = 0.1

/** Axes that pictures can follow each other along, the likeliest first; time alone where there is one image. */
export function exportAxes({ sizes }: Pick<ImageDataset, 'sizes'>): readonly ImageAxis[] {
  const axes: readonly ImageAxis[] = ['t', 'z', 'p']
  const long = axes.filter((axis) => (sizes[axis] ?? 1) > 1)
  return long.length === 0 ? ['t'] : long
}

/** The image's own width, and smaller ones that are usual. */
export function offeredWidths({ width }: Size): readonly number[] {
  return [width, ...usualWidths.filter((usual) => usual < width)]
}

/** Size of the pictures: of the images' shape; even where it is a video, so that a last row or column may be lost. */
export function pictureSize(image: Size, { format, width }: Pick<ExportChoices, 'format' | 'width'>): Size {
  const height = Math.max(1, Math.round((image.height * width) / image.width))
  if (keepsValues(format)) return { width: image.width, height: image.height }
  if (format !== 'mp4' && format !== 'webm') return { width, height }
  const even = (length: number) => Math.max(2, length - (length % 2))
  return { width: even(width), height: even(height) }
}

/** A picture to be made: the planes that it is drawn of. */
export type PlannedPicture = {
  /** On the axis, from 0. */
  readonly place: number
  readonly planes: readonly { readonly channel: number; readonly index: PlaneIndex }[]
  /** The plane whose time and position it has. */
  readonly about: PlaneIndex
}

/** The pictures in order, each when its turn comes: there may be a million. */
export function* plannedPictures(
  state: ViewerState,
  { axis, from, to }: Pick<ExportChoices, 'axis' | 'from' | 'to'>,
): Generator<PlannedPicture, undefined> {
  const channels = shownChannels(state)
  for (let place = from; place <= to; place++) {
    const at: ViewerState = { ...state, index: { ...state.index, [axis]: place } }
    yield {
      place,
      planes: channels.map((channel) => ({ channel, index: planeIndex(at, channel) })),
      about: planeIndex(at, activeChannel(at)),
    }
  }
}

/** How stacks are drawn: as the viewer shows them, but plane by plane where the pictures follow each other through the stack. */
export function exportedProjection(
  { zProjection }: Pick<ViewerState, 'zProjection'>,
  { axis }: Pick<ExportChoices, 'axis'>,
): ZProjection | undefined {
  return axis === 'z' ? undefined : zProjection
}

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
  { from, to, axis, speed }: Pick<ExportChoices, 'from' | 'to' | 'axis' | 'speed'>,
): number | undefined {
  const pictures = to - from + 1
  if (speed.kind === 'rate') return pictures / speed.perSecond
  const { timeStepS } = dataset
  return axis === 't' && timeStepS !== undefined ? (pictures * timeStepS) / speed.times : undefined
}

/** Text of a picture's time stamp. */
export function timeStamp(elapsedS: number | undefined): string | undefined {
  return elapsedS === undefined ? undefined : elapsedText(elapsedS)
}

export type PictureLabel = { readonly text: string; readonly colour: string }

const white = '#ffffff'

/** What a picture is of: position, depth, and channels in their colours. */
export function pictureLabels(
  state: ViewerState,
  { axis }: Pick<ExportChoices, 'axis'>,
  place: number,
): readonly PictureLabel[] {
  const dataset = datasetOf(state)
  if (dataset === undefined) return []
  const at = { ...state.index, [axis]: place }
  const position =
    (dataset.sizes.p ?? 1) > 1 ? (dataset.positions[at.p] ?? `Position ${at.p + 1}`) : undefined
  const depth = axis === 'z' ? `z ${depthText(dataset, at.z) ?? at.z + 1}` : undefined
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

/** Names of the files in a ZIP: each once, in order. */
export function pictureName(
  stem: string,
  { axis, to }: Pick<ExportChoices, 'axis' | 'to'>,
  place: number,
): string {
  return `${stem}_${axis}${String(place + 1).padStart(String(to + 1).length, '0')}`
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
