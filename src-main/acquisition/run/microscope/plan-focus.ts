import { standardProperty } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { type ImageFocusPlan, imageFocusOf } from '../../../../src-shared/plan/image-focus.ts'
import type { MdaSequence } from '../../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { findFocus } from '../../focus/find-focus.ts'
import { focusStageOf, sweepRangeOf } from '../../focus/focus-drive.ts'
import { FrameSharpness } from '../../focus/frame-sharpness.ts'
import type { Sharpness } from '../../focus/sharpness.ts'
import type { ExposedFrame, ExposeOptions, NumberedEvent } from '../acquisition-hardware.ts'
import { autofocusOf } from './autofocus-of.ts'
import type { DeviceSettings } from './device-settings.ts'
import { orGivenUp } from './giving-up.ts'
import { sequencesOf } from './plan-problems.ts'
import { interfered } from './stage-failures.ts'
import type { StageMoves } from './stage-moves.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly settings: DeviceSettings
  readonly stages: StageMoves
  /** Takes the images of searches where neither plan nor channel names one; absent: the first camera. */
  readonly camera: string | undefined
}

type Find = {
  readonly signal: AbortSignal
  /** Exposes `image`, for which the microscope is set up. */
  readonly expose: (image: NumberedEvent, run: ExposeOptions) => Promise<void>
}

/** Where the focus of a plan is, after what autofocus has found. */
export class PlanFocus {
  readonly #devices: DeviceRegistry
  readonly #settings: DeviceSettings
  readonly #stages: StageMoves
  readonly #camera: string | undefined
  readonly #sharpness: FrameSharpness
  /** How far autofocus has found the focus from where the plan has it, µm, by the number of the position. */
  readonly #found = new Map<number, number>()
  #image: ImageFocusPlan | undefined
  /** Those of the plan, then those that its positions list for themselves. */
  #channels: MdaSequence['channels'] = []

  constructor({ devices, settings, stages, camera }: Options) {
    this.#devices = devices
    this.#settings = settings
    this.#stages = stages
    this.#camera = camera
    this.#sharpness = new FrameSharpness(devices)
  }

  /** Notes how `sequence` finds the focus. @throws CoverslipError INVALID_INPUT; as `autofocusOf`. */
  begin(sequence: MdaSequence): void {
    const isByImage = sequencesOf(sequence).some(
      ({ autofocus }) =>
        autofocus !== undefined && autofocusOf(this.#devices, autofocus.deviceName).by === 'image',
    )
    this.#image = isByImage ? imageFocusOf(sequence.metadata) : undefined
    this.#channels = sequencesOf(sequence).flatMap(({ channels }) => channels)
  }

  /** How the focus is found by the image; undefined: the plan does not. */
  get image(): ImageFocusPlan | undefined {
    return this.#image
  }

  /** Where z is to be for `event`, µm; undefined: as it is. */
  zUm({ zUm, index }: NumberedEvent): number | undefined {
    return zUm === undefined ? undefined : zUm + (this.#found.get(index.p ?? 0) ?? 0)
  }

  /**
   * What the microscope is set up for: `event` itself, or where it finds the focus by the image, that image: of the channel
   * that the plan names for it, or of the image that follows.
   */
  imageOf(event: NumberedEvent): NumberedEvent {
    const { action } = event
    if (action.type !== 'hardwareAutofocus' || this.#image === undefined) return event
    if (autofocusOf(this.#devices, action.deviceName).by === 'device') return event
    const { channel, exposureMs, camera } = this.#image
    const planned =
      channel === undefined
        ? event
        : this.#channels.find(({ group, config }) => group === channel.group && config === channel.config)
    return {
      ...event,
      action: { type: 'acquireImage' },
      channel: channel ?? event.channel,
      exposureMs: exposureMs ?? planned?.exposureMs,
      camera: camera ?? planned?.camera ?? this.#camera,
      keepShutterOpen: false,
    }
  }

  /**
   * Finds the focus where the stage stands, by the autofocus device or the image; the result holds for the position from
   * now on. Where there is none, z goes back to where it was, unless somebody else has moved or stopped it.
   * @throws CoverslipError of the device when it fails again and again; NO_FOCUS of the image; DEVICE_FAILED when somebody
   *   else has moved or stopped z; the reason of `signal`.
   */
  async find(event: NumberedEvent, { signal, expose }: Find): Promise<void> {
    const { action, index, zUm } = event
    if (action.type !== 'hardwareAutofocus') return
    const autofocus = autofocusOf(this.#devices, action.deviceName)
    const { motorOffset } = action
    if (autofocus.by === 'device' && motorOffset !== undefined) {
      const offset = { property: standardProperty.focusOffset, value: motorOffset }
      await orGivenUp(this.#settings.set({ deviceId: autofocus.deviceId, ...offset }), signal)
    }
    // Read before the search: z is brought back at the plan's end, whatever becomes of it.
    const from = await orGivenUp(this.#stages.readZ(), signal)
    try {
      if (autofocus.by === 'device')
        await this.#findByDevice(autofocus.deviceId, { maxRetries: action.maxRetries, signal })
      else
        await this.#findByImage(from, { offsetUm: motorOffset ?? 0, signal }, () =>
          this.#measure(this.imageOf(event), { signal, expose }),
        )
      this.#heedOthers()
    } catch (error) {
      await this.#putBack(from, error)
      throw error
    }
    const z = await orGivenUp(this.#stages.readZ(), signal)
    if (z !== undefined && zUm !== undefined) this.#found.set(index.p ?? 0, z - zUm)
  }

  /** Brings z back to `fromUm` after `failure`. @throws CoverslipError: both, where it does not come back */
  async #putBack(fromUm: number | undefined, failure: unknown): Promise<void> {
    if (fromUm === undefined || this.#stages.zOfOthers() !== undefined) return
    try {
      await this.#stages.moveTo({ z: fromUm })
    } catch (error) {
      const { code, message, hint } = CoverslipError.from(error, 'DEVICE_FAILED')
      const reason = failure instanceof CoverslipError ? `${failure.message}; and ` : ''
      throw new CoverslipError(code, `${reason}z was not brought back to ${fromUm} µm: ${message}`, {
        cause: error,
        ...(hint === undefined ? {} : { hint }),
      })
    }
  }

  /** @throws CoverslipError DEVICE_FAILED when somebody else has moved or stopped z in the search */
  #heedOthers(): void {
    const name = this.#stages.zOfOthers()
    if (name !== undefined) throw interfered(name)
  }

  async #findByDevice(
    deviceId: string,
    { maxRetries, signal }: { readonly maxRetries: number; readonly signal: AbortSignal },
  ): Promise<void> {
    for (let retries = 0; ; retries += 1) {
      signal.throwIfAborted()
      try {
        const command = { deviceId, property: standardProperty.findFocus, value: true }
        return await this.#stages.zMovedBy(() => this.#settings.set(command), signal)
      } catch (error) {
        if (signal.aborted || retries >= maxRetries) throw error
      }
    }
  }

  /** The sharpness of an image that is kept nowhere. */
  async #measure(image: NumberedEvent, { signal, expose }: Find): Promise<Sharpness> {
    let sharpness: Sharpness | undefined
    const exposed = async ({ camera, sequence }: ExposedFrame) => {
      sharpness = this.#sharpness.of(camera, sequence)
    }
    await expose(image, { signal, begun: () => undefined, exposed })
    if (sharpness === undefined) throw new RangeError('An exposure without a fault has a frame')
    return sharpness
  }

  async #findByImage(
    fromUm: number | undefined,
    { offsetUm, signal }: { readonly offsetUm: number; readonly signal: AbortSignal },
    measure: () => Promise<Sharpness>,
  ): Promise<void> {
    const stage = focusStageOf(this.#devices)
    const image = this.#image
    if (image === undefined) {
      throw new CoverslipError(
        'UNKNOWN_DEVICE',
        'The autofocus device that the plan began with was removed',
        {
          hint: 'Connect it again, or start the plan anew to find the focus by the image.',
        },
      )
    }
    if (fromUm === undefined) {
      throw new CoverslipError('DEVICE_FAILED', `${stage.description.name} does not tell where z is`, {
        hint: 'Check its cable and power.',
      })
    }
    await findFocus(
      {
        moveTo: async (z) => {
          this.#heedOthers()
          await this.#stages.moveTo({ z }, signal)
        },
        measure,
      },
      {
        range: sweepRangeOf(stage, fromUm, image),
        offsetUm,
        settleMs: image.settleMs,
        signal,
      },
    )
  }
}
