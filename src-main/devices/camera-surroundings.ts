import { channelGroup, type DeviceState, type Preset, standardProperty } from '../../src-shared/devices.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import {
  binningOf,
  devicesAround,
  imageOffsetUm,
  objectivesOf,
  type PixelSizes,
} from '../../src-shared/pixel-size.ts'
import type { FrameSurroundings } from '../frames/frame-surroundings.ts'

/** How bright a channel is, and how long it is exposed, makes no other channel of it. */
const strengths: readonly string[] = [
  standardProperty.intensity,
  standardProperty.exposureMs,
  standardProperty.gain,
]

/**
 * Where `camera` takes its images: the stages' position, as they have told last, in the middle of the image; the channel
 * whose light and filters are set; and the size of a pixel, by the user's calibration for the objective in use. Simulated
 * devices are no part of a real microscope, nor real ones of a simulated.
 */
export function surroundingsOf(
  camera: DeviceState,
  {
    devices,
    presets,
    pixelSizes,
  }: {
    readonly devices: readonly DeviceState[]
    readonly presets: readonly Preset[]
    readonly pixelSizes: PixelSizes
  },
): FrameSurroundings {
  const around = devicesAround(camera, devices).filter(({ status }) => status.state === 'ready')
  const channel = channelOf(around, presets)
  const sensorPixelUm = pixelSizes[camera.id]?.[objectivesOf(around).inUse]
  const stage = positionOf(around, imageOffsetUm(camera, { sensorPixelUm: sensorPixelUm ?? 0 }))
  return {
    ...(stage === undefined ? {} : { stage }),
    ...(channel === undefined ? {} : { channel }),
    ...(sensorPixelUm === undefined ? {} : { pixelSizeUm: sensorPixelUm * binningOf(camera) }),
  }
}

/** Each axis by the first stage that has it; `offset`: of the image's middle. */
function positionOf(devices: readonly DeviceState[], offset: StagePosition): StagePosition | undefined {
  const position: StagePosition = {}
  for (const axis of ['x', 'y', 'z'] as const) {
    const stage = devices.find(
      ({ description }) => description.kind === 'stage' && description.axes[axis] !== undefined,
    )
    const at = (stage?.position?.[axis] ?? Number.NaN) + (offset[axis] ?? 0)
    if (Number.isFinite(at)) position[axis] = at
  }
  return Object.keys(position).length === 0 ? undefined : position
}

/** The channel that holds; of several the one that says most. */
function channelOf(devices: readonly DeviceState[], presets: readonly Preset[]): string | undefined {
  const channels = channelGroup(presets)
  const holding = presets.filter(({ group, settings }) => {
    if (group !== channels) return false
    const telling = settings.filter(({ property }) => !strengths.includes(property))
    return telling.length > 0 && telling.every((setting) => holds(devices, setting))
  })
  return holding.toSorted((a, b) => b.settings.length - a.settings.length)[0]?.name
}

function holds(
  devices: readonly DeviceState[],
  { deviceId, property, value }: Preset['settings'][number],
): boolean {
  const device = devices.find(({ id }) => id === deviceId)
  return device?.properties.find(({ name }) => name === property)?.value === value
}
