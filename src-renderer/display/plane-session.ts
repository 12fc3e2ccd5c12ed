/** One plane display inside its worker: packets in, pictures and reports out. */
import { filterLag } from '../../src-shared/frames/pixel-filter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { parseFramePacket } from '../../src-shared/frames/frame-packet.ts'
import type { DisplayError, DisplaySettings, Probe, ShownFrame } from './display-types.ts'
import { describeError, ImagePainter } from './image-painter.ts'
import type { ImagePixels } from './image-textures.ts'
import { type DecodedPacket, PacketDecoder } from './packet-decoder.ts'
import { type ImageLine, type LineProfile, valuesAlong } from './image-line.ts'
import { copyPixels, probePixel } from './pixel-probe.ts'
import { planeHistogram } from './plane-histogram.ts'
import type { PlaneLayer, PlanePicture, PlaneReport, PlaneRequest } from './plane-messages.ts'
import { sectionImage, type SectionLayout } from './section-image.ts'
import { sameGeometry } from './shown-frame.ts'
import { Throttled } from './throttled.ts'
import {
  type ImageGeometry,
  type Point,
  toImage,
  type ViewTransform,
  viewForGeometry,
} from './view-transform.ts'

type PlaneSessionOptions = {
  readonly canvas: OffscreenCanvas
  report(report: PlaneReport, transfer?: readonly Transferable[]): void
}

/** A picture whose planes are decoded. */
type DecodedPicture = {
  readonly picture: PlanePicture
  readonly frame: ShownFrame
  readonly planes: readonly (DecodedPacket & Pick<PlaneLayer, 'channel' | 'name'>)[]
  readonly layers: readonly ImagePixels[]
}

/** One display of stored images, in its worker. */
export class PlaneSession {
  readonly #report: PlaneSessionOptions['report']
  readonly #painter: ImagePainter<DecodedPicture>
  readonly #decoder = new PacketDecoder()
  readonly #histogramReports: Throttled<DecodedPicture>
  readonly #probeReports: Throttled<undefined>
  readonly #profileReports: Throttled<undefined>
  #settings: readonly DisplaySettings[] = []
  /** In pixels of the whole image. */
  #view: ViewTransform | undefined
  #probePoint: Point | undefined
  /** In pixels of the whole image. */
  #line: ImageLine | undefined
  /** The picture that was asked for last. */
  #newest: number | undefined
  /** Decoded, to be drawn next. */
  #next: DecodedPicture | undefined
  #shown: DecodedPicture | undefined

  constructor({ canvas, report }: PlaneSessionOptions) {
    this.#report = report
    this.#histogramReports = new Throttled(150, (picture) => this.#reportHistograms(picture))
    this.#probeReports = new Throttled(40, () => this.#reportProbe())
    this.#profileReports = new Throttled(66, () => report({ type: 'profile', profile: this.#profile() }))
    this.#painter = new ImagePainter({
      canvas,
      advance: () => this.#advance(),
      shown: () => this.#shown,
      onDrawn: () => {},
      onError: (error) => this.#reportGraphics(error),
      drawMs: () => 0,
    })
    report({ type: 'ready', maxSize: this.#painter.maxSize })
  }

  handle(request: Exclude<PlaneRequest, { type: 'open' }>): void {
    switch (request.type) {
      case 'show':
        return void this.#show(request.picture)
      case 'settings':
        this.#settings = request.settings
        return this.#applySettings()
      case 'view':
        this.#view = request.view
        this.#applyView()
        return this.#probeAgain()
      case 'resize': {
        const { cssWidth, cssHeight, devicePixelRatio } = request
        this.#painter.resize({ cssWidth, cssHeight, devicePixelRatio })
        return this.#probeAgain()
      }
      case 'probe':
        this.#probePoint = request.point
        if (request.point === undefined) this.#probeReports.sendNow(undefined)
        else this.#probeReports.offer(undefined)
        return
      case 'line':
        this.#line = request.line
        return this.#profileReports.offer(undefined)
      case 'read-pixels':
        return this.#readPixels(request.id)
      case 'close':
        return this.#close()
    }
  }

  /** The newest picture wins: of those that were overtaken before they were decoded nothing is seen. */
  async #show(picture: PlanePicture): Promise<void> {
    this.#newest = picture.id
    try {
      const packets = await Promise.all(
        picture.layers.map(({ packet, more = [] }) =>
          Promise.all([packet, ...more].map((part) => part.arrayBuffer())),
        ),
      )
      if (this.#newest !== picture.id) return
      this.#release(this.#next)
      this.#next = undefined
      this.#next = this.#decode(picture, packets)
      this.#painter.request()
    } catch (error) {
      if (this.#newest === picture.id)
        this.#report({ type: 'failed', id: picture.id, error: describeError(error) })
    }
  }

  #decode(picture: PlanePicture, packets: readonly (readonly ArrayBuffer[])[]): DecodedPicture {
    const planes: DecodedPicture['planes'][number][] = []
    try {
      for (const [index, { channel, name }] of picture.layers.entries()) {
        const parts = (packets[index] ?? []).map((part) => this.#decodePacket(new Uint8Array(part)))
        planes.push({ channel, name, ...decodedLayer(parts, picture.section) })
      }
    } catch (error) {
      for (const plane of planes) plane.release()
      throw error
    }
    return { picture, frame: picture.frame, planes, layers: planes.map(({ image }) => image) }
  }

  #decodePacket(packet: Uint8Array<ArrayBuffer>): DecodedPacket {
    const { format, width } = parseFramePacket(packet)
    const filter = filterLag(format, width) === undefined ? 'none' : 'delta-shuffle'
    return this.#decoder.decode(packet, { compression: 'lz4', filter })
  }

  #release(picture: DecodedPicture | undefined): void {
    for (const plane of picture?.planes ?? []) plane.release()
  }

  /** Makes the newest picture the one that is shown. */
  #advance(): DecodedPicture | undefined {
    const next = this.#next
    if (next === undefined) return undefined
    this.#next = undefined
    const before = this.#shown
    this.#shown = next
    this.#release(before)
    if (before === undefined) this.#applyView()
    else if (!sameGeometry(before.frame, next.frame)) this.#painter.changeGeometry(before.frame, next.frame)
    if (before === undefined || !sameChannels(before, next)) this.#applySettings()
    this.#report({ type: 'shown', id: next.picture.id })
    this.#histogramReports.offer(next)
    this.#probeAgain()
    if (this.#line !== undefined) this.#profileReports.offer(undefined)
    return next
  }

  #applySettings(): void {
    const planes = this.#shown?.planes ?? []
    this.#painter.setSettings(
      planes.map(({ channel }) => this.#settings[channel]).filter((own) => own !== undefined),
    )
  }

  #applyView(): void {
    const frame = this.#shown?.frame
    if (frame === undefined) return
    this.#painter.setView(
      this.#view === undefined ? undefined : viewForGeometry(this.#view, wholeOf(frame), frame),
    )
  }

  #reportHistograms(picture: DecodedPicture): void {
    // One that was released meanwhile has no pixels any more; the next one comes soon.
    if (picture !== this.#shown) return
    const { significantBits } = picture.frame
    for (const { channel, image } of picture.planes) {
      if (!('pixels' in image)) continue
      const rowSamples = image.pixels.length / image.height
      const histogram = planeHistogram({ pixels: image.pixels, rowSamples, significantBits })
      this.#report({ type: 'histogram', channel, histogram })
    }
  }

  /** What lies under the pointer may be something else now. */
  #probeAgain(): void {
    if (this.#probePoint !== undefined) this.#probeReports.offer(undefined)
  }

  #reportProbe(): void {
    this.#report({ type: 'probe', probe: this.#probe() })
  }

  #probe(): Probe | undefined {
    const [point, shown] = [this.#probePoint, this.#shown]
    if (point === undefined || shown === undefined) return undefined
    const at = toImage(this.#painter.view, this.#painter.canvasCss, point)
    const probes = shown.planes.flatMap(({ channel, name, image }) => {
      const probe = probePixel(shown.frame, image, at)
      return probe === undefined ? [] : [{ channel, name, probe }]
    })
    const active = probes.find(({ channel }) => channel === shown.picture.activeChannel) ?? probes[0]
    if (active === undefined) return undefined
    return {
      ...active.probe,
      approximate: shown.frame.subsampling > 1,
      ...(probes.length < 2
        ? {}
        : { channels: probes.map(({ name, probe }) => ({ name, value: probe.value })) }),
    }
  }

  /** The values along the line, of each channel on show. */
  #profile(): LineProfile | undefined {
    const [line, shown] = [this.#line, this.#shown]
    if (line === undefined || shown === undefined) return undefined
    const { subsampling } = shown.frame
    const inPlane = ({ x, y }: Point): Point => ({ x: x / subsampling, y: y / subsampling })
    const own = { from: inPlane(line.from), to: inPlane(line.to) }
    return shown.planes.map(({ channel, image }) => ({
      channel,
      values: valuesAlong(own, (at) => {
        const probe = probePixel(shown.frame, image, at)
        return probe?.mosaic?.rgb ?? probe?.value
      }),
    }))
  }

  #readPixels(id: number): void {
    const shown = this.#shown
    const plane =
      shown?.planes.find(({ channel }) => channel === shown.picture.activeChannel) ?? shown?.planes[0]
    if (shown === undefined || plane === undefined)
      return this.#report({ type: 'pixels', id, content: undefined })
    const content = copyPixels(shown.frame, plane.image)
    this.#report({ type: 'pixels', id, content }, [content.pixels.buffer])
  }

  #reportGraphics(error: DisplayError | undefined): void {
    this.#report({ type: 'graphics', error })
  }

  #close(): void {
    this.#newest = undefined
    this.#painter.close()
    for (const reports of [this.#histogramReports, this.#probeReports, this.#profileReports]) reports.cancel()
  }
}

/** The image of a layer: its only packet, or of a section all of them together. */
function decodedLayer(parts: readonly DecodedPacket[], section: SectionLayout | undefined): DecodedPacket {
  const [first] = parts
  if (first === undefined) throw new CoverslipError('INTERNAL', 'A layer has no packet')
  if (section === undefined) return first
  const image = sectionImage(
    parts.map((part) => part.image),
    section,
  )
  for (const part of parts) part.release()
  return { image, release: () => {} }
}

function sameChannels(a: DecodedPicture, b: DecodedPicture): boolean {
  return (
    a.planes.length === b.planes.length &&
    a.planes.every(({ channel }, index) => channel === b.planes[index]?.channel)
  )
}

/** The whole image that a plane is a smaller copy of. */
function wholeOf({ originalWidth, originalHeight }: ImageGeometry): ImageGeometry {
  return {
    width: originalWidth,
    height: originalHeight,
    originalWidth,
    originalHeight,
    offsetX: 0,
    offsetY: 0,
    subsampling: 1,
  }
}
