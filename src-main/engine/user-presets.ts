/** Presets that users keep (channels, above all): in the hardware file, beside those that the hardware brings along. */
import { checkPropertyValue, findProperty } from '../../drivers/sdk/property-value.ts'
import type { KnownPreset, NewPreset, Preset } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import type { HardwareFile } from './hardware-file.ts'

type Which = Pick<Preset, 'group' | 'name'>

const isSame = (a: Which, b: Which) => a.group === b.group && a.name === b.name

export class UserPresets {
  readonly #devices: DeviceRegistry
  readonly #file: HardwareFile

  constructor({ devices, file }: { readonly devices: DeviceRegistry; readonly file: HardwareFile }) {
    this.#devices = devices
    this.#file = file
  }

  /**
   * Keeps a preset, with the ids of devices that it names. One of the same name stays unless it is to be replaced; one of the hardware is hidden then.
   * @throws CoverslipError INVALID_INPUT when the name is taken; HARDWARE_FILE; of a setting that its device does not take.
   */
  save(asked: NewPreset, { replace }: { readonly replace: boolean }): KnownPreset {
    const settings = asked.settings.map((setting) => {
      const { id, description, properties } = this.#devices.device(setting.deviceId)
      checkPropertyValue(findProperty(description.name, properties, setting.property), setting.value)
      return { ...setting, deviceId: id }
    })
    const preset = { ...asked, settings }
    if (!replace && this.#devices.presets().some((other) => isSame(other, preset))) throw taken(preset)
    this.#change([...this.#file.settings.presets.filter((other) => !isSame(other, preset)), preset])
    return { ...preset, own: true }
  }

  /** Gives a kept preset another name, in its place of the list. @throws CoverslipError INVALID_INPUT, HARDWARE_FILE. */
  rename(which: Which, name: string): KnownPreset {
    const preset = this.#own(which)
    const renamed = { ...preset, name }
    if (name !== which.name && this.#devices.presets().some((other) => isSame(other, renamed)))
      throw taken(renamed)
    this.#change(this.#file.settings.presets.map((other) => (other === preset ? renamed : other)))
    return { ...renamed, own: true }
  }

  /** Forgets a kept preset. @throws CoverslipError INVALID_INPUT, HARDWARE_FILE. */
  remove(which: Which): void {
    const preset = this.#own(which)
    this.#change(this.#file.settings.presets.filter((other) => other !== preset))
  }

  #own(which: Which): Preset {
    const { presets } = this.#file.settings
    const preset = presets.find((other) => isSame(other, which))
    if (preset !== undefined) return preset
    const known = this.#devices.presets().some((other) => isSame(other, which))
    throw new CoverslipError(
      'INVALID_INPUT',
      known
        ? `${which.group}/${which.name} comes with the hardware`
        : `There is no preset ${which.group}/${which.name}`,
      {
        hint: known
          ? 'It cannot be renamed or removed; one that is kept under its name replaces it.'
          : `Presets that were made here: ${presets.map(({ group, name }) => `${group}/${name}`).join(', ') || 'none'}.`,
      },
    )
  }

  #change(presets: readonly Preset[]): void {
    this.#file.change({ presets: [...presets] })
    this.#devices.presetsChanged()
  }
}

function taken({ group, name }: Which): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `There is a preset ${group}/${name} already`, {
    hint: 'Choose another name, or replace it.',
    data: { group, name },
  })
}
