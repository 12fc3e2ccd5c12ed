/** What a plan would take, and why it could not be run. */
import type { PlanRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate, PlanStep } from '../../../src-shared/acquisition/acquisition-status.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { expandPlan } from '../../../src-shared/plan/expand-plan.ts'
import { type PlanRemark, problemsOfRefusal } from '../../../src-shared/plan/read-plan.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { planMemory, totalMemory } from '../recording/recording-memory.ts'
import { keepFreeBytes } from '../recording/recording-room.ts'
import { planProblems, sequencesOf } from '../run/microscope/plan-problems.ts'
import { checkStorage, storedShare } from '../storage/check-storage.ts'
import { maxOmePlanes } from '../storage/ome-planes.ts'
import { refuseTooManyFiles } from '../storage/video/video-plan.ts'
import { PlanCosts } from './plan-costs.ts'
import { PlanImages } from './plan-images.ts'
import { planLayout, type PlanLayout, plannedChannels } from './plan-layout.ts'
import { diskShare } from './disk-share.ts'
import { PlanTravel } from './plan-travel.ts'
import type { ResolvedPlan } from './resolve-plan.ts'
import type { StepTimes } from './step-times.ts'
import { type PlanWalk, walkPlan } from './walk-plan.ts'
import { dataSize } from '../data-size.ts'

/** A longer list of problems helps nobody. */
const mostRemarks = 50

type EstimateOptions = {
  readonly devices: DeviceRegistry
  readonly times: StepTimes
  readonly storage: PlanRequest['storage']
  /** Of the data folder's disk. */
  readonly freeDiskBytes: number
  /** Bytes/s that it takes, measured when it is asked for; undefined: that cannot be done now. */
  readonly diskSpeed: () => Promise<number | undefined>
  readonly signal?: AbortSignal | undefined
}

/**
 * What `plan` would take, and the cameras that take its images.
 * @throws the reason of `signal`
 */
export async function estimatePlan(
  plan: ResolvedPlan,
  options: EstimateOptions,
): Promise<{ readonly estimate: PlanEstimate; readonly cameraIds: readonly string[] }> {
  const { devices, storage, freeDiskBytes } = options
  const missing = planProblems(devices, plan)
  const { walk, assumed, problems } = await walked(plan, options)
  const { events, frames, sizes, durationS } = walk
  const share = storedShare(storage)
  const [bytes, bytesPerSecond] = [walk.bytes * share, walk.bytesPerSecond * share]
  const remarks = await storageRemarks(storage)
  const memoryBytes = memoryOf(devices, walk.cameraIds)
  const noRoom = roomProblems(bytes, freeDiskBytes)
  const disk =
    noRoom.length > 0
      ? { durationS, warnings: [] }
      : await diskShare(options.diskSpeed, {
          bytes,
          bytesPerSecond,
          sequenceBytes: walk.sequenceBytes * share,
          durationS,
          memoryBytes,
        })
  const estimate = {
    events,
    frames,
    sizes,
    durationS: disk.durationS,
    assumed: [...assumed],
    bytes,
    bytesPerSecond,
    freeDiskBytes,
    ...(disk.bytesPerSecond === undefined ? {} : { diskBytesPerSecond: disk.bytesPerSecond }),
    memoryBytes,
    problems: [...missing, ...problems, ...remarks.problems, ...noRoom].slice(0, mostRemarks),
    warnings: [...plan.warnings, ...remarks.warnings, ...disk.warnings, ...lateWarnings(walk)].slice(
      0,
      mostRemarks,
    ),
  }
  return { estimate, cameraIds: walk.cameraIds }
}

/** For images that wait for the disk, of all cameras; 0 while one of them is not connected. */
function memoryOf(devices: DeviceRegistry, cameraIds: readonly string[]): number {
  const cameras = cameraIds.map((id) => devices.camera(id))
  if (cameras.some(({ status }) => status.state !== 'ready')) return 0
  return totalMemory(planMemory(cameras.map((camera) => ({ camera, ring: devices.ring(camera.id) }))))
    .memoryBytes
}

/** Of a plan that was refused when it was read. */
export function estimateOfRefused(refusal: CoverslipError, freeDiskBytes: number): PlanEstimate {
  const {
    latestS: _latest,
    cameraIds: _none,
    planes: _noPlanes,
    sequenceBytes: _noBytes,
    ...counts
  } = nothing
  return {
    ...counts,
    assumed: [],
    freeDiskBytes,
    memoryBytes: 0,
    problems: problemsOfRefusal(refusal).slice(0, mostRemarks),
    warnings: [],
  }
}

const nothing = {
  events: 0,
  frames: 0,
  cameraIds: [],
  planes: new Map(),
  sizes: {},
  durationS: 0,
  bytes: 0,
  bytesPerSecond: 0,
  sequenceBytes: 0,
  latestS: 0,
} satisfies Omit<PlanWalk, 'problems'>

type Walked = {
  readonly walk: Omit<PlanWalk, 'problems'>
  readonly assumed: readonly PlanStep[]
  readonly problems: readonly PlanRemark[]
}

async function walked(plan: ResolvedPlan, options: EstimateOptions): Promise<Walked> {
  try {
    return await walkedThrough(plan, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof CoverslipError)) throw error
    return { walk: nothing, assumed: [], problems: problemsOfRefusal(error) }
  }
}

/** @throws as `planLayout` and `expandPlan`; the reason of the signal */
async function walkedThrough(plan: ResolvedPlan, options: EstimateOptions): Promise<Walked> {
  const { devices, times, signal } = options
  const { sequence, cameras, surroundings } = plan
  const layout = planLayout(sequence, surroundings)
  const images = new PlanImages({ devices, sequence, cameras })
  const costs = new PlanCosts({ devices, images, times })
  const walk = await walkPlan(expandPlan(sequence, surroundings), {
    layout,
    travel: new PlanTravel(devices, sequence),
    images,
    costs,
    signal,
  })
  if (walk.events === 0) {
    const empty = {
      path: '',
      message: 'has nothing to do: it needs channels, times, positions, a grid or a stack',
    }
    return { walk, assumed: [], problems: [empty] }
  }
  const { assumed } = costs
  const held = formatProblems(options, { plan, walk, layout, images })
  return { walk, assumed, problems: [...walk.problems, ...held] }
}

type KnownPlan = {
  readonly plan: ResolvedPlan
  readonly walk: PlanWalk
  readonly layout: PlanLayout
  readonly images: PlanImages
}

/** What the chosen format cannot hold. */
function formatProblems({ devices, storage }: EstimateOptions, known: KnownPlan): readonly PlanRemark[] {
  const { walk, layout } = known
  if (storage.format === 'video') return tooManyFiles(devices, known)
  if (storage.format !== 'ome-tiff') return []
  // Images of positions in turn are named one by one in a file, all others by where they begin.
  const isInTurn = layout.axes.findIndex(({ axis }) => axis === 'p') > 0
  if (storage.files === 'perPosition' || !isInTurn) return []
  const planes = [...walk.planes.values()].map((own) => own.values().reduce((sum, count) => sum + count, 0))
  if (Math.max(0, ...planes) <= maxOmePlanes) return []
  const message = `has more images of positions in turn than the ${maxOmePlanes} of an OME-TIFF file: choose a file for each position, or another format`
  return [{ path: '', message }]
}

function tooManyFiles(
  devices: DeviceRegistry,
  { plan: { sequence, cameras }, walk, layout, images }: KnownPlan,
): readonly PlanRemark[] {
  const datasets = walk.cameraIds.map((id) => ({
    positions: layout.positions,
    channels: [...plannedChannels(sequencesOf(sequence), (channel) => cameras.takes(id, channel)).values()],
    image: images.sizeOf(devices.camera(id)),
  }))
  try {
    refuseTooManyFiles(datasets)
    return []
  } catch (error) {
    return [remarkOf(error)]
  }
}

/** What this computer lacks for the chosen format, and what is to be known about it. */
async function storageRemarks(storage: PlanRequest['storage']) {
  try {
    const remarks = await checkStorage(storage)
    return { problems: [], warnings: remarks.map((message) => ({ path: '', message })) }
  } catch (error) {
    return { problems: [remarkOf(error)], warnings: [] }
  }
}

/** An error that is about the whole plan. */
function remarkOf(error: unknown): PlanRemark {
  const { message, hint } = CoverslipError.from(error)
  return { path: '', message: hint === undefined ? message : `${message}. ${hint}` }
}

function roomProblems(bytes: number, freeDiskBytes: number): readonly PlanRemark[] {
  if (freeDiskBytes - keepFreeBytes >= bytes) return []
  const message = `needs ${dataSize(bytes)}, and the disk has ${dataSize(freeDiskBytes)} left, of which ${dataSize(keepFreeBytes)} stay free`
  return [{ path: '', message }]
}

/** Less is not worth a word. */
const noticeableS = 0.05

function lateWarnings({ latestS }: Pick<PlanWalk, 'latestS'>): readonly PlanRemark[] {
  if (latestS < noticeableS) return []
  const late = latestS < 10 ? latestS.toFixed(1) : Math.round(latestS)
  const message = `images take longer than the interval: they will be late, by up to about ${late} s`
  return [{ path: 'time_plan', message }]
}
