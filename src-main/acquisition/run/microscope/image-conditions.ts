import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { DeviceSettings, Setting } from './device-settings.ts'
import type { LightGates } from './light-gates.ts'
import type { StageMoves } from './stage-moves.ts'
import { allEnded } from './together.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly settings: DeviceSettings
  readonly stages: StageMoves
  readonly light: LightGates
}

/** What an image depends on: whether settings, stages and light are as they were set up for it until it is taken. */
export class ImageConditions {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Another image is set up for. */
  begin(): void {
    this.#options.settings.begin()
    this.#options.stages.begin()
  }

  /** @throws CoverslipError naming what somebody else, or a device itself, has changed meanwhile, as far as it was told */
  check(): void {
    const { settings, stages, light } = this.#options
    const changed = settings.changed(light.used)
    if (changed !== undefined) throw this.#changed(changed)
    if (light.meddled !== undefined) throw this.#changed(light.meddled)
    const stage = stages.disturbed()
    if (stage !== undefined) throw disturbed(`${stage} was moved or stopped`)
  }

  /**
   * As `check`, when the devices have told everything until now; the light may be closed meanwhile.
   * @throws as `check`; of a device that is not connected any more.
   */
  async confirm(): Promise<void> {
    const { devices, settings, light } = this.#options
    await allEnded([devices.whenTold(settings.devicesInUse), light.whenTold()])
    this.check()
  }

  #changed({ deviceId, property }: Pick<Setting, 'deviceId' | 'property'>): CoverslipError {
    const { description, properties, status } = this.#options.devices.device(deviceId)
    const { name } = description
    if (status.state !== 'ready') return disturbed(`${name} was lost`)
    const told = properties.find((candidate) => candidate.name === property)
    if (told?.type === 'boolean')
      return disturbed(`${told.title} of ${name} was turned ${told.value ? 'on' : 'off'}`)
    return disturbed(`${told?.title ?? property} of ${name} has changed to ${told?.value}`)
  }
}

function disturbed(what: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `${what} while an image was taken`, {
    hint: 'Leave the devices of a plan alone while it exposes, or pause it first.',
  })
}
