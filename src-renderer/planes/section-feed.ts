/** Ties an open stack to the display of one of its cuts: what is fetched of it, how it looks, and which part is seen. */
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import type { ImageDataset, SectionCut } from '../../src-shared/gallery.ts'
import { callFailure } from '../backend/call-failure.ts'
import type { PlaneDisplay } from '../display/plane-display.ts'
import { displaySettings, maxValueOf } from '../stores/channel-look.ts'
import type { SectionStore } from '../stores/section-store.ts'
import type { ShownStore } from '../stores/shown-store.ts'
import {
  activeChannel,
  crosshairOf,
  datasetOf,
  isUnderWay,
  planeIndex,
  shownChannels,
  showsSections,
  type ViewerState,
  type ViewerStore,
} from '../stores/viewer-store.ts'
import { PlaneCache } from './plane-cache.ts'
import { levelFor, scaleOf } from './plane-level.ts'
import type { PlaneSource } from './plane-source.ts'
import { sectionFrame, sectionView } from './section-geometry.ts'

/** Parts kept as they came, bytes. */
const cacheBytes = 32 * 2 ** 20
/** Pixels that the engine has to read for one part, about: so many that it takes a moment, and can be given up. */
const partBytes = 64 * 2 ** 20
const mostPlanesInPart = 128
/** A cut that was overtaken may still end within this time: then a crosshair that is dragged shows where it is, ms. */
const patienceMs = 400
/** What every graphics card with WebGL2 draws. */
const leastMaxSize = 2048

/** Where a cut comes from, what is wanted of it, and what draws it. */
export type SectionFeedOptions = {
  readonly id: string
  readonly cut: SectionCut
  readonly gallery: Pick<PlaneSource, 'section'>
  readonly viewer: ViewerStore
  /** The plane on show, whose view the cut goes with. */
  readonly plane: ShownStore
  readonly section: SectionStore
  readonly display: Pick<PlaneDisplay, 'listen' | 'show' | 'setDisplay' | 'setView'>
}

/** A cut that is to be shown. */
type Wanted = {
  readonly key: string
  readonly dataset: ImageDataset
  readonly level: number
  /** Pixels of the level. */
  readonly at: number
  readonly channels: readonly number[]
  readonly state: ViewerState
  /** Planes of it are still to come: then it is fetched again, once, when they are there, so as not to read all the time. */
  readonly growing: boolean
}

export class SectionFeed {
  readonly #options: SectionFeedOptions
  readonly #cache = new PlaneCache(cacheBytes)
  readonly #ends: (() => void)[]
  #maxSize = leastMaxSize
  #wanted: Wanted | undefined
  #running = false
  /** Of the cut that is being fetched. */
  #control = new AbortController()
  #startedMs = 0
  #closed = false
  #pictures = 0

  constructor(options: SectionFeedOptions) {
    this.#options = options
    const { viewer, plane, section, display } = options
    display.listen({
      onReady: (maxSize) => {
        this.#maxSize = maxSize ?? this.#maxSize
        this.#want()
      },
      onShown: () => {},
      onFailed: (_, { message }) => section.setState({ progress: { state: 'failed', message } }),
      onHistogram: () => {},
      onProbe: () => {},
      onProfile: () => {},
      onGraphics: (error) => {
        if (error !== undefined) section.setState({ progress: { state: 'failed', message: error.message } })
      },
    })
    this.#ends = [
      viewer.subscribe((state, before) => {
        if (state.looks !== before.looks || state.markSaturated !== before.markSaturated) this.#sendLooks()
        if (state.index.z !== before.index.z || state.opened !== before.opened) this.#sendView()
        this.#want()
      }),
      plane.subscribe((state, before) => {
        if (state.viewport === before.viewport) return
        this.#sendView()
        this.#want()
      }),
    ]
    this.#sendLooks()
    this.#want()
  }

  /** Tells how large the canvas is now, CSS px. */
  resized(canvas: { readonly width: number; readonly height: number }): void {
    this.#options.section.setState({ canvas })
    this.#sendView()
  }

  /** Everything is asked for again: the file is another one. */
  forgetAll(): void {
    this.#cache.clear()
    this.#control.abort()
    this.#wanted = undefined
    this.#want()
  }

  close(): void {
    this.#closed = true
    this.#control.abort()
    for (const end of this.#ends) end()
  }

  #sendLooks(): void {
    const { looks, markSaturated, ...state } = this.#options.viewer.getState()
    const dataset = state.opened?.datasets[state.dataset]
    if (dataset === undefined) return
    const maxValue = maxValueOf(dataset)
    // Of mosaics cuts are grey.
    const options = { maxValue, markSaturated, mosaic: 'raw' } as const
    this.#options.display.setDisplay(looks.map((look) => displaySettings(look, options)))
  }

  #sendView(): void {
    const { viewer, plane, section, cut, display } = this.#options
    const state = viewer.getState()
    const dataset = datasetOf(state)
    if (dataset === undefined) return
    const { view } = plane.getState().viewport
    const { canvas } = section.getState()
    const own = sectionView(dataset, { cut, view, z: state.index.z, canvas })
    section.setState({ view: own })
    display.setView(own)
  }

  /** The newest wish wins; one that is nearly done is shown before. */
  #want(): void {
    const wanted = this.#wantedNow()
    if (wanted?.key === this.#wanted?.key) return
    this.#wanted = wanted
    // What is not shown any more need not be read on.
    if (wanted === undefined) this.#control.abort()
    else if (!this.#running) void this.#run()
    else if (performance.now() - this.#startedMs > patienceMs) this.#control.abort()
  }

  #wantedNow(): Wanted | undefined {
    const { viewer, plane, cut } = this.#options
    const state = viewer.getState()
    const dataset = datasetOf(state)
    if (dataset === undefined || !showsSections(state)) return undefined
    const { view, devicePixelRatio } = plane.getState().viewport
    const level = levelFor(dataset, { zoom: view.zoom, devicePixelRatio, maxSize: this.#maxSize })
    const size = dataset.levels[level] ?? dataset
    const { x, y } = crosshairOf(state)
    const scale = level === 0 ? 1 : scaleOf(dataset, size)
    const last = (cut === 'xz' ? size.height : size.width) - 1
    const at = Math.min(last, Math.floor((cut === 'xz' ? y : x) / scale))
    const channels = shownChannels(state)
    const { t, p } = state.index
    const growing = isUnderWay(state) && !isWholeAt(dataset, t)
    const key = [dataset.name, dataset.sizes.z, level, at, t, p, channels.join(','), growing].join(' ')
    return { key, dataset, level, at, channels, state, growing }
  }

  async #run(): Promise<void> {
    this.#running = true
    let done: Wanted | undefined
    while (this.#wanted !== undefined && this.#wanted !== done && !this.#closed) {
      done = this.#wanted
      await this.#fetch(done)
    }
    this.#running = false
  }

  /** Part by part; each is shown when it has come. */
  async #fetch(wanted: Wanted): Promise<void> {
    this.#control = new AbortController()
    this.#startedMs = performance.now()
    const { section } = this.#options
    const parts = partsOf(wanted)
    const total = parts.length * wanted.channels.length
    const packets = wanted.channels.map((): Blob[] => [])
    try {
      for (const [place, z] of parts.entries()) {
        for (const [row, channel] of wanted.channels.entries()) {
          if (this.#isOvertaken(wanted)) return
          section.setState({
            progress: { state: 'reading', done: place * wanted.channels.length + row, total },
          })
          packets[row]?.push(await this.#part(wanted, channel, z))
        }
        if (this.#closed) return
        this.#show(wanted, packets)
      }
      section.setState({ progress: { state: 'shown' } })
    } catch (error) {
      if (this.#closed || this.#wanted !== wanted) return
      section.setState({ progress: { state: 'failed', message: callFailure(error).message } })
    }
  }

  #isOvertaken(wanted: Wanted): boolean {
    const isLate = performance.now() - this.#startedMs > patienceMs
    return this.#closed || (this.#wanted !== wanted && isLate)
  }

  async #part(wanted: Wanted, channel: number, z: Part): Promise<Blob> {
    const { id, cut, gallery } = this.#options
    const { dataset, level, at, state, growing } = wanted
    const { z: _, ...index } = planeIndex(state, channel)
    const { t, p } = state.index
    const key = `${dataset.name} ${level} ${at} ${t} ${p} ${channel} ${z.from}+${z.count}`
    const kept = this.#cache.get(key)
    if (kept?.kind === 'packet') return kept.packet
    const asked = { id, dataset: dataset.name, index, level, cut, at, z }
    const packet = await gallery.section(asked, { signal: this.#control.signal })
    if (!growing) this.#cache.set(key, { kind: 'packet', packet })
    return packet
  }

  #show({ dataset, level, channels, state }: Wanted, packets: readonly (readonly Blob[])[]): void {
    const { frame, layout } = sectionFrame(dataset, this.#options.cut, level)
    this.#options.display.show({
      id: this.#pictures++,
      frame,
      section: layout,
      activeChannel: activeChannel(state),
      layers: channels.flatMap((channel, row) => {
        const [packet, ...more] = packets[row] ?? []
        return packet === undefined ? [] : [{ channel, name: state.looks[channel]?.name ?? '', packet, more }]
      }),
    })
  }
}

/** Whether nothing is still to come at time `t`; where that is not told, whether nothing at all is. */
function isWholeAt({ wholeTimes, sizes, planes }: ImageDataset, t: number): boolean {
  if (wholeTimes !== undefined) return t < wholeTimes
  const { t: times = 1, p = 1, c = 1, z = 1 } = sizes
  return planes >= times * p * c * z
}

type Part = { readonly from: number; readonly count: number }

/** The stack in parts that are read in a moment. */
function partsOf({ dataset, level }: Wanted): readonly Part[] {
  const { width, height } = dataset.levels[level] ?? dataset
  const planeBytes = width * height * planeLayout(dataset.pixelFormat).bytesPerPixel
  const planes = dataset.sizes.z ?? 1
  const count = Math.max(1, Math.min(mostPlanesInPart, Math.floor(partBytes / planeBytes)))
  return Array.from({ length: Math.ceil(planes / count) }, (_, part) => ({
    from: part * count,
    count: Math.min(count, planes - part * count),
  }))
}
