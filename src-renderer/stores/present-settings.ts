/** How the microscope is set now, as far as it makes a channel: what a preset of it would keep. */
import { type DeviceState, type Preset, standardProperty } from '../../src-shared/devices.ts'
import { holdsObjectives } from '../../src-shared/pixel-size.ts'
import { compact } from '../components/format.ts'
import { devicesOf, propertyOf } from './selectors.ts'

type Setting = Preset['settings'][number]

/** Something that a preset may keep. */
export type PresentSetting = {
  /** A device, or `lights`. */
  readonly id: string
  readonly title: string
  /** How it is set: `LED 475 nm 50 %, the others off`. */
  readonly text: string
  /** Whether it is kept unless the user says otherwise. */
  readonly usual: boolean
  readonly settings: readonly Setting[]
}

/** `detector`: the camera on show. */
export function presentSettings(
  devices: readonly DeviceState[],
  detector: DeviceState | undefined,
): readonly PresentSetting[] {
  const turrets = devicesOf(devices, 'turret')
  return [
    ...lights(devicesOf(devices, 'light')),
    ...devicesOf(devices, 'shutter').flatMap((shutter) =>
      single(shutter, standardProperty.open, (open) => (open === true ? 'open' : 'closed')),
    ),
    // Channels share the objective, as a rule.
    ...turrets.flatMap((turret) =>
      single(turret, standardProperty.position, String, !holdsObjectives(turret)),
    ),
    ...(detector === undefined
      ? []
      : single(detector, standardProperty.exposureMs, (ms) => `exposure ${compact(Number(ms))} ms`)),
  ]
}

/** All settings of `kept` in the order in which a preset sets them: what lights the specimen comes last. */
export function presetSettings(kept: readonly PresentSetting[]): readonly Setting[] {
  const settings = kept.flatMap((each) => each.settings)
  const opens = ({ property, value }: Setting) =>
    (property === standardProperty.on || property === standardProperty.open) && value === true
  return [...settings.filter((each) => !opens(each)), ...settings.filter(opens)]
}

function settingOf({ id, properties }: DeviceState, property: string): readonly Setting[] {
  const found = properties.find(({ name, readOnly }) => name === property && !readOnly)
  return found === undefined ? [] : [{ deviceId: id, property, value: found.value }]
}

function single(
  device: DeviceState,
  property: string,
  words: (value: Setting['value']) => string,
  usual = true,
): readonly PresentSetting[] {
  return settingOf(device, property).map((setting) => ({
    id: device.id,
    title: device.description.name,
    text: words(setting.value),
    usual,
    settings: [setting],
  }))
}

/** All lights as one: which is on, and how bright. */
function lights(all: readonly DeviceState[]): readonly PresentSetting[] {
  const lit = all.filter((light) => propertyOf(light, standardProperty.on)?.value === true)
  const settings = all.flatMap((light) => [
    ...settingOf(light, standardProperty.on),
    ...(lit.includes(light) ? settingOf(light, standardProperty.intensity) : []),
  ])
  if (settings.length === 0) return []
  const names = lit.map((light) => {
    const intensity = propertyOf(light, standardProperty.intensity)?.value
    return `${light.description.name}${typeof intensity === 'number' ? ` ${compact(intensity)} %` : ''}`
  })
  const rest = lit.length === 0 ? ['all off'] : lit.length < all.length ? ['the others off'] : []
  return [{ id: 'lights', title: 'Light', text: [...names, ...rest].join(', '), usual: true, settings }]
}
