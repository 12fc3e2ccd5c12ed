/** Ties an open item's state to its display: which planes are fetched and how they look, and what is seen of them. */
import type { ImageDataset } from '../../src-shared/gallery.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import type { Probe } from '../display/display-types.ts'
import { stagePosition } from '../display/pixel-probe.ts'
import type { PlaneDisplay } from '../display/plane-display.ts'
import { fitView } from '../display/view-transform.ts'
import { displaySettings, maxValueOf, withHistogram } from '../stores/channel-look.ts'
import type { ShownStore } from '../stores/shown-store.ts'
import {
  activeChannel,
  datasetOf,
  lengthOf,
  planeIndex,
  type PlaneState,
  shownChannels,
  type ViewerState,
  type ViewerStore,
  withIndex,
} from '../stores/viewer-store.ts'
import { FrameRecordFeed } from './frame-record-feed.ts'
import { type FetchedPlane, PlaneCache } from './plane-cache.ts'
import type { PlaneAddress } from './plane-key.ts'
import { levelFor } from './plane-level.ts'
import { PlaneLoader } from './plane-loader.ts'
import type { PlaneSource } from './plane-source.ts'
import { indicesAhead } from './planes-ahead.ts'
import { Playback } from './playback.ts'
import { frameOnStage, levelFrame, wholeFrame } from './whole-frame.ts'

/** Planes kept as they came, bytes. */
const cacheBytes = 256 * 2 ** 20
/** What every graphics card with WebGL2 draws. */
const leastMaxSize = 2048

/** Where planes come from, what is wanted of them, and what draws them. */
export type PlaneFeedOptions = {
  readonly id: string
  readonly gallery: Pick<PlaneSource, 'plane' | 'frames'>
  readonly store: ViewerStore
  readonly shown: ShownStore
  readonly display: Pick<PlaneDisplay, 'listen' | 'show' | 'setDisplay' | 'setView' | 'setLine'>
}

export class PlaneFeed {
  readonly #options: PlaneFeedOptions
  readonly #cache = new PlaneCache(cacheBytes)
  readonly #loader: PlaneLoader
  readonly #playback: Playback
  readonly #records: FrameRecordFeed
  readonly #ends: (() => void)[]
  /** Of what plays, every so many planes are shown, as the line or the screen takes no more. */
  #stride = 1
  #maxSize = leastMaxSize
  #level = 0
  /** The picture that the display was given last, and what there is to see of it. */
  #newest: { readonly id: number; readonly seen: PlaneState } | undefined

  constructor(options: PlaneFeedOptions) {
    const { id, gallery, store, shown, display } = options
    this.#options = options
    this.#loader = new PlaneLoader({
      cache: this.#cache,
      fetch: (address, signal) => this.#fetch(address, signal),
      onPlanes: (planes, addresses) => this.#show(planes, addresses),
      onFailure: (error) => this.#fail(callFailure(error)),
      now: () => performance.now(),
    })
    this.#playback = new Playback({
      step: (passed) => this.#step(passed),
      now: () => performance.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    })
    this.#records = new FrameRecordFeed({ id, gallery, store })
    display.listen({
      onReady: (maxSize) => {
        this.#maxSize = maxSize ?? this.#maxSize
        this.#followView()
      },
      onShown: (picture) => this.#shown(picture),
      onFailed: (_, { code, message, hint }) => this.#fail({ code, message, hint, details: undefined }),
      onHistogram: (channel, histogram) =>
        store.setState((state) => ({
          histograms: { ...state.histograms, [channel]: histogram },
          looks: state.looks.map((look, own) => (own === channel ? withHistogram(look, histogram) : look)),
        })),
      onProbe: (probe) => shown.setState({ probe: probe === undefined ? undefined : this.#placed(probe) }),
      onProfile: (profile) => store.setState({ profile }),
      onGraphics: (error) => shown.setState({ channel: { connection: 'connected', error } }),
    })
    this.#ends = [
      store.subscribe((state, before) => this.#followState(state, before)),
      shown.subscribe(({ viewport }, before) => {
        if (viewport === before.viewport) return
        if (viewport.view !== before.viewport.view) display.setView(viewport.view)
        this.#followView()
      }),
    ]
  }

  /** Planes that were not there, or not all of them, are asked for again: the file may have grown. */
  forgetUnfinished(): void {
    this.#cache.forgetUnfinished()
  }

  /** All planes are asked for again: the file is another one. */
  forgetAll(): void {
    this.#cache.clear()
    this.#request()
  }

  close(): void {
    for (const end of this.#ends) end()
    this.#playback.stop()
    this.#loader.close()
    this.#records.close()
  }

  #followState(state: ViewerState, before: ViewerState): void {
    const dataset = datasetOf(state)
    if (dataset === undefined) return
    const level = this.#level
    if (dataset !== datasetOf(before)) this.#openDataset(dataset, datasetOf(before))
    if (
      state.looks !== before.looks ||
      state.markSaturated !== before.markSaturated ||
      state.mosaic !== before.mosaic
    )
      this.#sendLooks(state, dataset)
    if (
      (state.opened !== before.opened && !this.#isWhole(state, before)) ||
      level !== this.#level ||
      state.dataset !== before.dataset ||
      state.index !== before.index ||
      state.zProjection !== before.zProjection ||
      shownChannels(state).join() !== shownChannels(before).join()
    )
      this.#request()
    if (state.line !== before.line) this.#options.display.setLine(state.line)
    this.#playback.framesPerSecond = state.framesPerSecond
    if (state.playing === undefined) this.#playback.stop()
    else this.#playback.start()
  }

  #openDataset(dataset: ImageDataset, before: ImageDataset | undefined): void {
    const { shown } = this.#options
    const frame = wholeFrame(dataset)
    const sameSize = before?.width === dataset.width && before.height === dataset.height
    shown.setState(({ viewport }) =>
      sameSize
        ? { frame }
        : { frame, viewport: { ...viewport, fit: true, view: fitView(frame, viewport.canvas) } },
    )
    const sameLevels = before?.levels.length === dataset.levels.length
    if (before?.name !== dataset.name || !sameLevels) this.#level = this.#fittingLevel(dataset)
  }

  /** Whether nothing more can come to be seen of what is on show when the item grows. */
  #isWhole({ plane, zProjection }: ViewerState, before: ViewerState): boolean {
    const isShown = plane.state === 'shown' && plane.missing.length === 0
    return before.opened !== undefined && isShown && zProjection === undefined
  }

  #sendLooks({ looks, markSaturated, mosaic }: ViewerState, dataset: ImageDataset): void {
    const maxValue = maxValueOf(dataset)
    this.#options.display.setDisplay(
      looks.map((look) => displaySettings(look, { maxValue, markSaturated, mosaic })),
    )
  }

  /** Another magnification may call for another of the smaller copies. */
  #followView(): void {
    const dataset = datasetOf(this.#options.store.getState())
    if (dataset === undefined) return
    const level = this.#fittingLevel(dataset)
    if (level === this.#level) return
    this.#level = level
    this.#request()
  }

  #fittingLevel(dataset: ImageDataset): number {
    const { view, devicePixelRatio, canvas } = this.#options.shown.getState().viewport
    // Before the canvas has a size nothing is known of the magnification.
    const zoom = canvas.width === 0 ? fitView(dataset, { width: 800, height: 800 }).zoom : view.zoom
    return levelFor(dataset, { zoom, devicePixelRatio, maxSize: this.#maxSize })
  }

  #request(): void {
    const { store } = this.#options
    const state = store.getState()
    const dataset = datasetOf(state)
    if (dataset === undefined) return
    const channels = shownChannels(state)
    const { zProjection } = state
    const playing = state.playing !== undefined
    const addressesAt = (at: ViewerState): PlaneAddress[] =>
      channels.map((c) => ({
        dataset: dataset.name,
        level: this.#level,
        index: planeIndex(at, c),
        zProjection,
      }))
    // Whole stacks are much to read for what is perhaps not looked at.
    const guessed =
      zProjection !== undefined && !playing
        ? []
        : indicesAhead({
            sizes: dataset.sizes,
            index: state.index,
            axis: state.playing ?? state.movedAxis,
            playing,
            stride: this.#stride,
          })
    const ahead = guessed.flatMap((index) => addressesAt({ ...state, index: { ...state.index, ...index } }))
    if (state.plane.state !== 'shown') store.setState({ plane: { state: 'loading' } })
    this.#loader.show(addressesAt(state), ahead)
    this.#records.follow()
  }

  async #fetch(address: PlaneAddress, signal: AbortSignal): Promise<FetchedPlane> {
    const { id, gallery } = this.#options
    try {
      return {
        kind: 'packet',
        packet: await gallery.plane({ id, ...address }, { signal }),
        growing: address.zProjection !== undefined,
      }
    } catch (error) {
      const { code, message } = callFailure(error)
      if (code === 'UNKNOWN_IMAGE') return { kind: 'absent', message }
      throw error
    }
  }

  /** Draws the planes that are there. */
  #show(planes: readonly FetchedPlane[], addresses: readonly PlaneAddress[]): void {
    const state = this.#options.store.getState()
    const dataset = datasetOf(state)
    // What was asked for before another dataset was chosen is of no use.
    if (dataset === undefined || addresses.some((address) => address.dataset !== dataset.name)) return
    const all = planes.map((plane, at) => {
      const channel = addresses[at]?.index.c ?? 0
      return { plane, channel, name: state.looks[channel]?.name ?? '' }
    })
    const layers = all.flatMap(({ plane, channel, name }) =>
      plane.kind === 'packet' ? [{ channel, name, packet: plane.packet }] : [],
    )
    const missing = all.filter(({ plane }) => plane.kind === 'absent').map(({ name }) => name)
    const absent = planes.find((plane) => plane.kind === 'absent')
    const id = (this.#newest?.id ?? 0) + 1
    this.#newest = {
      id,
      seen:
        layers.length === 0 && absent !== undefined
          ? { state: 'absent', message: absent.message }
          : { state: 'shown', missing },
    }
    this.#options.display.show({
      id,
      layers,
      activeChannel: activeChannel(state),
      frame: levelFrame(dataset, addresses[0]?.level ?? this.#level),
    })
  }

  #shown(picture: number): void {
    if (picture !== this.#newest?.id) return
    this.#options.store.setState({ plane: this.#newest.seen })
    this.#playback.shown()
  }

  #fail(failure: CallFailure): void {
    this.#options.store.setState({ plane: { state: 'failed', failure }, playing: undefined })
  }

  #step(passed: number): void {
    const { store } = this.#options
    const state = store.getState()
    const axis = state.playing
    if (axis === undefined) return
    const length = lengthOf(state, axis)
    if (length < 2) return store.setState({ playing: undefined })
    // Time passes at its rate; of stacks and positions every plane is seen. Whole rounds would show nothing new.
    this.#stride = axis === 't' ? passed % length || 1 : 1
    store.setState(withIndex(state, axis, (state.index[axis] + this.#stride) % length))
  }

  /** With its place in the specimen; without a stage, from the image's upper left corner. */
  #placed(probe: Probe): Probe {
    const { shown, store } = this.#options
    const frame = shown.getState().frame
    if (frame === undefined) return probe
    const { record } = store.getState()
    const stage = record?.kind === 'frame' ? record.stage : undefined
    return { ...probe, ...stagePosition(frameOnStage(frame, stage), probe.x, probe.y) }
  }
}
