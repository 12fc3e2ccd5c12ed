/** What of a plan this microscope cannot do. */
import { checkPropertyValue, findProperty } from '../../../../drivers/sdk/property-value.ts'
import {
  type Preset,
  type PropertyValue,
  propertyValueSchema,
  standardProperty,
} from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { imageFocusKey, imageFocusOf } from '../../../../src-shared/plan/image-focus.ts'
import { type PlanRemark, problemsOfRefusal } from '../../../../src-shared/plan/read-plan.ts'
import type { ChannelPlan, MdaSequence, PropertySetting } from '../../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { sweepPlanesOf } from '../../focus/focus-drive.ts'
import { autofocusOf } from './autofocus-of.ts'
import { checkRegion } from './camera-region.ts'
import { deviceFailure } from './device-failure.ts'

/** What a camera is set to with every image: a position cannot set it for itself. */
const setWithImages: readonly string[] = [standardProperty.exposureMs, standardProperty.triggerMode]

type PlanOnMicroscope = {
  readonly sequence: MdaSequence
  /** Cameras for channels that name none. */
  readonly detectorNames: readonly string[]
}

/** A sequence, and those of its positions. */
export function sequencesOf(sequence: MdaSequence): readonly MdaSequence[] {
  const { positions } = sequence
  const own = 'plate' in positions ? [] : positions.flatMap((position) => position.sequence ?? [])
  return [sequence, ...own]
}

/** The preset that a channel of a plan means. */
export function presetOf(
  devices: DeviceRegistry,
  channel: { group: string; config: string },
): Preset | undefined {
  return devices.presets().find(({ group, name }) => group === channel.group && name === channel.config)
}

/** Everything that is missing, with its place in the plan; whether the stages reach all places, the plan's estimate says. */
export function planProblems(devices: DeviceRegistry, plan: PlanOnMicroscope): readonly PlanRemark[] {
  const problems: PlanRemark[] = []
  const attempt = (path: string, check: () => unknown) => {
    try {
      check()
    } catch (error) {
      problems.push(...remarksOf(CoverslipError.from(error), path))
    }
  }
  const names = plan.detectorNames.length === 0 ? [undefined] : plan.detectorNames
  for (const name of names) attempt('', () => readyCamera(devices, name))
  const { metadata } = plan.sequence
  if (problems.length === 0) checkSequence(devices, plan.sequence, '', { cameras: names, metadata, attempt })
  return problems
}

type Check = {
  /** Cameras for channels that name none; undefined: the first. */
  readonly cameras: readonly (string | undefined)[]
  /** Of the whole plan. */
  readonly metadata: MdaSequence['metadata']
  readonly attempt: Attempt
}
type Attempt = (path: string, check: () => unknown) => void

function checkSequence(devices: DeviceRegistry, sequence: MdaSequence, at: string, check: Check): void {
  const { cameras, attempt } = check
  for (const [i, channel] of sequence.channels.entries()) {
    const own = channel.camera === undefined ? cameras : [channel.camera]
    attempt(`${at}channels[${i}]`, () => checkChannel(devices, channel))
    attempt(`${at}channels[${i}].exposure`, () => checkExposure(devices, channel.exposureMs, own))
  }
  const { setup, autofocus, positions } = sequence
  if (setup !== undefined) {
    for (const [i, setting] of setup.properties.entries())
      attempt(`${at}setup.properties[${i}]`, () => checkSetting(devices, setting))
    attempt(`${at}setup.exposure`, () => checkExposure(devices, setup.exposureMs, cameras))
    const { roi } = setup
    if (roi !== undefined)
      for (const name of cameras) attempt(`${at}setup.roi`, () => checkRegion(devices.camera(name), roi))
  }
  if (autofocus !== undefined)
    attempt(`${at}autofocus_plan`, () => {
      if (autofocusOf(devices, autofocus.deviceName).by === 'image') checkImageFocus(devices, check)
    })
  if ('plate' in positions) return
  for (const [i, position] of positions.entries()) {
    for (const [n, setting] of position.properties.entries())
      attempt(`${at}stage_positions[${i}].properties[${n}]`, () => checkPositionSetting(devices, setting))
    if (position.sequence !== undefined)
      checkSequence(devices, position.sequence, `${at}stage_positions[${i}].sequence.`, check)
  }
}

function checkChannel(devices: DeviceRegistry, channel: ChannelPlan): void {
  checkPreset(devices, channel)
  if (channel.camera !== undefined) readyCamera(devices, channel.camera)
}

/** @throws CoverslipError unless there is such a channel, and its devices take what it sets. */
function checkPreset(devices: DeviceRegistry, channel: { group: string; config: string }): void {
  const preset = presetOf(devices, channel)
  if (preset === undefined) {
    const known = devices.presets().map(({ group, name }) => `${group}/${name}`)
    throw new CoverslipError('INVALID_INPUT', `There is no channel ${channel.group}/${channel.config}`, {
      hint: `There are: ${known.join(', ') || 'none'}.`,
    })
  }
  for (const { deviceId, property, value } of preset.settings)
    checkSetting(devices, [deviceId, property, value])
}

/** @throws CoverslipError unless all of `cameras` that there are can expose for so long. */
function checkExposure(
  devices: DeviceRegistry,
  exposureMs: number | undefined,
  cameras: readonly (string | undefined)[],
): void {
  if (exposureMs === undefined) return
  const known = devices.devices().map(({ id, description }) => [id, description.name])
  for (const name of cameras) {
    // One that is not there is told of as such.
    if (name !== undefined && !known.some((names) => names.includes(name))) continue
    const { id, description } = devices.camera(name)
    try {
      checkSetting(devices, [id, standardProperty.exposureMs, exposureMs])
    } catch (error) {
      throw deviceFailure(description.name, error)
    }
  }
}

/** @throws CoverslipError as `checkSetting`; INVALID_INPUT for what the plan itself sets with every image. */
function checkPositionSetting(devices: DeviceRegistry, setting: PropertySetting): void {
  checkSetting(devices, setting)
  const [deviceId, property] = setting
  const { kind, name } = devices.device(deviceId).description
  if (kind !== 'camera' || !setWithImages.includes(property)) return
  throw new CoverslipError('INVALID_INPUT', `${property} of ${name} is set anew for every image`, {
    hint: 'Give the position a sequence of its own, with the exposures of its channels.',
  })
}

/** @throws CoverslipError unless the device is there and takes that value. */
function checkSetting(devices: DeviceRegistry, [deviceId, property, value]: PropertySetting): void {
  const device = readyDevice(devices, deviceId)
  checkPropertyValue(
    findProperty(device.description.name, device.properties, property),
    propertyValue(value, property),
  )
}

/** @throws CoverslipError INVALID_INPUT when `value` can be no property's. */
export function propertyValue(value: unknown, property: string): PropertyValue {
  const parsed = propertyValueSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new CoverslipError('INVALID_INPUT', `${property} cannot be ${JSON.stringify(value)}`, {
    hint: 'It must be a number, a text, true or false.',
  })
}

function readyDevice(devices: DeviceRegistry, idOrName: string) {
  const device = devices.device(idOrName)
  if (device.status.state === 'ready') return device
  throw new CoverslipError('DEVICE_UNAVAILABLE', `${device.description.name} is not connected`, {
    hint: 'Check its power and cable.',
  })
}

function readyCamera(devices: DeviceRegistry, idOrName?: string) {
  return readyDevice(devices, devices.camera(idOrName).id)
}

/** What the plan's search for the focus by the image names must be there, and it must not take too long. @throws as `imageFocusOf` */
function checkImageFocus(devices: DeviceRegistry, { metadata, cameras, attempt }: Check): void {
  const { rangeUm, stepUm, channel, camera, exposureMs } = imageFocusOf(metadata)
  const at = `metadata.${imageFocusKey}`
  attempt(at, () => sweepPlanesOf({ rangeUm, stepUm }))
  if (channel !== undefined) attempt(`${at}.channel`, () => checkPreset(devices, channel))
  if (camera !== undefined) attempt(`${at}.camera`, () => readyCamera(devices, camera))
  const taking = camera === undefined ? cameras : [camera]
  attempt(`${at}.exposure`, () => checkExposure(devices, exposureMs, taking))
}

/** One that knows its fields tells them itself. */
function remarksOf(error: CoverslipError, path: string): readonly PlanRemark[] {
  if (error.data?.['problems'] !== undefined) return problemsOfRefusal(error)
  const { message, hint } = error
  return [{ path, message: hint === undefined ? message : `${message}. ${hint}` }]
}
