import { join } from 'node:path'
import type { AcquisitionRunEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import type { PlanRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate, PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { expandPlan } from '../../../src-shared/plan/expand-plan.ts'
import { withPositionNames } from '../../../src-shared/plan/position-name.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { deviceSettings, temperatureOf } from '../device-settings.ts'
import { localTime } from '../local-time.ts'
import { safeFileName } from '../new-file.ts'
import { PlanCountdown } from '../plans/plan-countdown.ts'
import { PlanCosts } from '../plans/plan-costs.ts'
import { PlanImages } from '../plans/plan-images.ts'
import { planLayout } from '../plans/plan-layout.ts'
import type { ResolvedPlan } from '../plans/resolve-plan.ts'
import type { StepTimes } from '../plans/step-times.ts'
import { beginFolder } from '../recording/begin-folder.ts'
import { ChangedSettings } from '../recording/changed-settings.ts'
import { layoutCamera } from '../recording/layout-start.ts'
import { newFolder } from '../recording/recording-folder.ts'
import { planMemory, requireMemory } from '../recording/recording-memory.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import { MicroscopeHardware } from './microscope/microscope-hardware.ts'
import { presetOf } from './microscope/plan-problems.ts'
import { type PlanPart, RunningPlan } from './running-plan.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly times: StepTimes
  readonly alerts: AlertSink
  readonly software: string
  /** Folder of all recordings. */
  readonly recordings: string
  readonly request: PlanRequest
  readonly estimate: PlanEstimate
  /** Cameras that take images of the plan. */
  readonly cameraIds: readonly string[]
  changed(status: PlanStatus): void
  happened(event: AcquisitionRunEvent): void
}

/** Makes the folder of a plan and begins to run it. @throws CoverslipError DATA_FOLDER; INVALID_INPUT: too little memory */
export async function openPlan(plan: ResolvedPlan, options: Options): Promise<RunningPlan> {
  const { devices, times, alerts, software, request, estimate, cameraIds } = options
  const { sequence, surroundings, cameras, detectorNames } = plan
  const taking = cameraIds.map((id) => ({ camera: devices.camera(id), ring: devices.ring(id) }))
  const memory = planMemory(taking)
  requireMemory(memory)
  const startedAt = Date.now()
  const { id, folder, name } = await makeFolder(options.recordings, request.name, startedAt)
  const settings = deviceSettings(devices.devices())
  const common = { name, startedAt, software, metadata: { plan: writePlan(sequence), settings } }
  const parts = taking.map(({ camera, ring }, i): PlanPart => {
    const { indexOf, ...layout } = planLayout(sequence, {
      ...surroundings,
      takes: (channel) => cameras.takes(camera.id, channel),
      colorOf: (channel) => presetOf(devices, channel)?.color,
    })
    const { name: cameraName } = camera.description
    const channels = layout.channels.length === 0 ? [{ name: cameraName }] : layout.channels
    const part = taking.length === 1 ? 'camera' : `camera_${i + 1}`
    return {
      camera,
      folder: part,
      indexOf,
      data: {
        ring,
        folder: join(folder, part),
        layout: { ...common, ...layout, channels, camera: layoutCamera(camera) },
        storage: request.storage,
        bufferBytes: memory[i]?.bufferBytes ?? 0,
      },
    }
  })
  const summary = {
    version: 1 as const,
    name,
    software,
    pid: process.pid,
    startedAt,
    request: { ...request, plan: { ...writePlan(sequence) } },
    settings,
    datasets: parts.map((part) => ({ folder: part.folder })),
  }
  await beginFolder(folder, summary)
  const images = new PlanImages({ devices, sequence, cameras })
  return new RunningPlan({
    id,
    folder,
    summary,
    alerts,
    parts,
    settings: new ChangedSettings(devices.devices()),
    run: {
      sequence,
      events: expandPlan(withPositionNames(sequence), surroundings),
      framesExpected: estimate.frames,
      hardware: new MicroscopeHardware({ devices, detectorNames, times }),
      onFault: request.onFault,
      camerasOf: ({ camera }) => cameras.of(camera).map((one) => one.id),
    },
    events: estimate.events,
    countdown: new PlanCountdown(expandPlan(sequence, surroundings), {
      durationS: estimate.durationS,
      costs: new PlanCosts({ devices, images, times }),
      rules: images.rules,
    }),
    ringOf: (camera) => (ready(devices, camera) === undefined ? undefined : devices.ring(camera)),
    temperatureOf: (camera) => {
      const device = ready(devices, camera)
      return device === undefined ? undefined : temperatureOf(device)
    },
    changed: options.changed,
    happened: options.happened,
  })
}

/** A device, while it is connected. */
function ready(devices: DeviceRegistry, id: string): DeviceState | undefined {
  return devices.devices().find((device) => device.id === id && device.status.state === 'ready')
}

async function makeFolder(recordings: string, wanted: string | undefined, startedAt: number) {
  const { day, time } = localTime(new Date(startedAt))
  const given = safeFileName(wanted ?? '')
  const name = await newFolder(join(recordings, day), given === '' ? `plan_${time}` : given)
  return { id: `${recordingsFolder}/${day}/${name}`, folder: join(recordings, day, name), name }
}
