/** An opened item in small, and planes that come when the test says so. */
import type { ImageDataset, OpenedImage } from '../../../src-shared/gallery.ts'
import type { FetchedPlane } from '../../../src-renderer/planes/plane-cache.ts'
import { type PlaneAddress, planeKey } from '../../../src-renderer/planes/plane-key.ts'

export function sampleDataset(parts: Partial<ImageDataset> = {}): ImageDataset {
  return {
    name: 'camera',
    camera: 'Camera 1',
    format: 'OME-TIFF',
    width: 512,
    height: 256,
    pixelFormat: 'Mono12',
    significantBits: 12,
    pixelSizeUm: 0.5,
    sizes: { t: 10, c: 2, z: 5 },
    channels: [{ name: 'DAPI' }, { name: 'GFP', windowLow: 100, windowHigh: 900 }],
    positions: [],
    levels: [
      { width: 512, height: 256 },
      { width: 256, height: 128 },
      { width: 128, height: 64 },
    ],
    planes: 100,
    ...parts,
  }
}

/** As `sampleOpened`, of an item that is being acquired. */
export function sampleUnderWay(datasets?: ImageDataset[]): OpenedImage {
  const { item, ...opened } = sampleOpened(datasets)
  const { finish: _, ...running } = item
  return { ...opened, item: running }
}

export function sampleOpened(datasets: ImageDataset[] = [sampleDataset()]): OpenedImage {
  return {
    item: {
      id: 'recordings/cells',
      name: 'cells',
      folder: true,
      kind: 'plan',
      format: 'OME-TIFF',
      startedAt: 1,
      cameras: ['Camera 1'],
      finish: 'completed',
    },
    datasets,
    metadata: {},
    remarks: [],
  }
}

export const packetOf = (bytes: number): FetchedPlane => ({
  kind: 'packet',
  packet: new Blob([new Uint8Array(bytes)]),
})

type Request = {
  readonly address: PlaneAddress
  readonly signal: AbortSignal
  resolve(plane: FetchedPlane): void
  reject(error: unknown): void
}

/** Requests for planes that are answered by the test. */
export class ScriptedPlanes {
  readonly requests: Request[] = []

  readonly fetch = (address: PlaneAddress, signal: AbortSignal): Promise<FetchedPlane> =>
    new Promise((resolve, reject) => {
      this.requests.push({ address, signal, resolve, reject })
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })

  /** Those that are neither answered nor aborted are still asked for: their keys, oldest first. */
  get open(): readonly string[] {
    return this.requests.filter(({ signal }) => !signal.aborted).map(({ address }) => planeKey(address))
  }

  /** Answers the oldest request for this plane. */
  answer(address: PlaneAddress, plane: FetchedPlane = packetOf(100)): void {
    const at = this.requests.findIndex(
      (request) => planeKey(request.address) === planeKey(address) && !request.signal.aborted,
    )
    const [request] = this.requests.splice(at, at < 0 ? 0 : 1)
    if (request === undefined) throw new Error(`Nobody asks for ${planeKey(address)}`)
    request.resolve(plane)
  }
}

/** Lets all promises that can go on do so. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
