/** What a plan would take, and why it could not be run. */
import type { PlanRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type ExpandOptions, expandPlan } from '../../../src-shared/plan/expand-plan.ts'
import {
  type PlanRemark,
  problemsOfRefusal,
  type ReadPlan,
  readPlan,
} from '../../../src-shared/plan/read-plan.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { keepFreeBytes } from '../recording/recording-room.ts'
import { planProblems } from '../run/microscope/plan-problems.ts'
import { checkStorage, storedShare } from '../storage/check-storage.ts'
import { maxOmePlanes } from '../storage/ome-xml.ts'
import { refuseTooManyFiles } from '../storage/video/video-plan.ts'
import { CameraChoice } from './camera-choice.ts'
import { PlanImages } from './plan-images.ts'
import { planLayout, type PlanLayout } from './plan-layout.ts'
import { planSurroundings } from './plan-surroundings.ts'
import { PlanTravel } from './plan-travel.ts'
import { type PlanWalk, walkPlan } from './walk-plan.ts'

/** A longer list of problems helps nobody. */
const mostRemarks = 50

type EstimateOptions = {
  readonly devices: DeviceRegistry
  /** Of the data folder's disk. */
  readonly freeDiskBytes: number
  /** Reserved for frames that wait for the disk. */
  readonly memoryBytes: number
  readonly signal?: AbortSignal | undefined
}

type Request = Pick<PlanRequest, 'plan' | 'detectorNames' | 'storage'>

/** Estimates a plan as it is in a request: one that cannot be read has problems, too. @throws the reason of `signal` */
export async function estimatePlan(request: Request, options: EstimateOptions): Promise<PlanEstimate> {
  const { freeDiskBytes, memoryBytes } = options
  let read: ReadPlan
  try {
    read = readPlan(request.plan)
  } catch (error) {
    const problems = problemsOfRefusal(CoverslipError.from(error))
    return { ...nothing, freeDiskBytes, memoryBytes, problems: problems.slice(0, mostRemarks), warnings: [] }
  }
  const { sequence, warnings } = read
  const cameras = new CameraChoice(options.devices, request.detectorNames ?? [])
  const surroundings = planSurroundings(options.devices, {
    cameraId: cameras.usual[0]?.id,
    roi: sequence.setup?.roi,
  })
  const missing = planProblems(options.devices, { sequence, detectorNames: request.detectorNames ?? [] })
  const { walk, problems } = await walked(sequence, { cameras, surroundings, request, options })
  const { events, frames, sizes, durationS } = walk
  const share = storedShare(request.storage)
  const [bytes, bytesPerSecond] = [walk.bytes * share, walk.bytesPerSecond * share]
  const remarks = await storageRemarks(request)
  return {
    events,
    frames,
    sizes,
    durationS,
    bytes,
    bytesPerSecond,
    freeDiskBytes,
    memoryBytes,
    problems: [...missing, ...problems, ...remarks.problems, ...roomProblems(bytes, freeDiskBytes)].slice(
      0,
      mostRemarks,
    ),
    warnings: [...warnings, ...remarks.warnings, ...lateWarnings(walk)].slice(0, mostRemarks),
  }
}

const nothing = {
  events: 0,
  frames: 0,
  sizes: {},
  durationS: 0,
  bytes: 0,
  bytesPerSecond: 0,
  latestS: 0,
} satisfies Omit<PlanWalk, 'problems'>

type Walked = { readonly walk: Omit<PlanWalk, 'problems'>; readonly problems: readonly PlanRemark[] }

type WalkInput = {
  readonly cameras: CameraChoice
  readonly surroundings: ExpandOptions
  readonly request: Request
  readonly options: EstimateOptions
}

async function walked(
  sequence: MdaSequence,
  { cameras, surroundings, request, options }: WalkInput,
): Promise<Walked> {
  const { devices, signal } = options
  let layout: PlanLayout
  try {
    layout = planLayout(sequence, surroundings)
  } catch (error) {
    return { walk: nothing, problems: problemsOfRefusal(CoverslipError.from(error)) }
  }
  const images = new PlanImages({ devices, sequence, cameras })
  const walk = await walkPlan(expandPlan(sequence, surroundings), {
    layout,
    travel: new PlanTravel(devices, sequence),
    images,
    signal,
  })
  if (walk.events === 0) {
    const empty = {
      path: '',
      message: 'has nothing to do: it needs channels, times, positions, a grid or a stack',
    }
    return { walk, problems: [empty] }
  }
  return { walk, problems: [...walk.problems, ...formatProblems(request, { walk, layout, cameras })] }
}

/** What the chosen format cannot hold. */
function formatProblems(
  { storage }: Request,
  { walk, layout, cameras }: { walk: PlanWalk; layout: PlanLayout; cameras: CameraChoice },
): readonly PlanRemark[] {
  if (storage.format === 'video') return tooManyFiles(layout)
  if (storage.format !== 'ome-tiff') return []
  const files = storage.files === 'perPosition' ? Math.max(1, layout.positions.length) : 1
  const planes = walk.frames / Math.max(1, cameras.usual.length) / files
  if (planes <= maxOmePlanes) return []
  return [
    {
      path: '',
      message: `has more images than the ${maxOmePlanes} of an OME-TIFF file: choose another format`,
    },
  ]
}

function tooManyFiles(layout: PlanLayout): readonly PlanRemark[] {
  try {
    refuseTooManyFiles(layout)
    return []
  } catch (error) {
    return [remarkOf(error)]
  }
}

/** What this computer lacks for the chosen format, and what is to be known about it. */
async function storageRemarks({ storage }: Request) {
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
  const gigabytes = (value: number) => `${(value / 1e9).toFixed(1)} GB`
  const message = `needs ${gigabytes(bytes)}, and the disk has ${gigabytes(freeDiskBytes)} left, of which ${gigabytes(keepFreeBytes)} stay free`
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
