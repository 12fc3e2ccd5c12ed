import type { DeviceState, PropertyValue } from '../../../../src-shared/devices.ts'
import type { CameraLease } from '../../../devices/camera-leases.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { deviceFailure } from './device-failure.ts'
import { isAbout, type LightGate } from './light-path.ts'
import type { Restoration } from './restoration.ts'
import { allEnded, failuresOf } from './together.ts'

/** A property and the value that it shall have. */
export type Setting = {
  readonly deviceId: string
  readonly property: string
  readonly value: PropertyValue
}

/** A property as the plan has set it. Some devices round what they are given, and some answer later. */
type Held = {
  readonly asked: PropertyValue
  /** Before it was set. */
  readonly before: PropertyValue | undefined
  /** What the device has made of it; undefined: it still tells the value of before. */
  answered: PropertyValue | undefined
}

const keyOf = ({ deviceId, property }: Pick<Setting, 'deviceId' | 'property'>): string =>
  JSON.stringify([deviceId, property])

/**
 * The properties that a plan sets: each only where it is not set so already, and how all of them were before.
 * What the plan sets is not kept as the user's own setting.
 */
export class DeviceSettings {
  readonly #devices: DeviceRegistry
  readonly #leaseOf: (deviceId: string) => CameraLease | undefined
  /** As they were before the plan, in the order of being set first. */
  readonly #before = new Map<string, Setting>()
  /** As they were set last; whatever else is set on a device is not known of. */
  readonly #now = new Map<string, Held>()
  /** What was asked for since `begin`. */
  readonly #wanted = new Map<string, Setting>()
  readonly #stopListening: () => void

  /** `leaseOf`: the plan's own lease of a camera. */
  constructor(devices: DeviceRegistry, leaseOf: (deviceId: string) => CameraLease | undefined) {
    this.#devices = devices
    this.#leaseOf = leaseOf
    this.#stopListening = devices.on((event) => {
      if (event.type === 'deviceChanged') this.#heed(event.device)
    })
  }

  /** From now on properties are set for another image. */
  begin(): void {
    this.#wanted.clear()
  }

  /** What was asked for since `begin`, and is not so any more, as far as the devices have told; but for `gates` of the light. */
  changed(gates: readonly LightGate[]): Setting | undefined {
    for (const [key, setting] of this.#wanted)
      if (!this.#now.has(key) && !isAbout(setting, gates)) return setting
    return undefined
  }

  /** Devices of which something was asked for since `begin`. */
  get devicesInUse(): readonly string[] {
    return [...new Set([...this.#wanted.values()].map(({ deviceId }) => deviceId))]
  }

  /**
   * Sets one device's properties after the other, and the devices side by side.
   * @throws CoverslipError of the device; the reason of `signal`, between two properties.
   */
  async apply(settings: readonly Setting[], signal: AbortSignal): Promise<void> {
    const byDevice = Map.groupBy(settings, ({ deviceId }) => deviceId)
    await allEnded([...byDevice.values()].map((own) => this.#applyInOrder(own, signal)))
  }

  /** Whether the plan has set it so, and nothing else was heard of it. */
  isSet(setting: Setting): boolean {
    return this.#now.get(keyOf(setting))?.asked === setting.value
  }

  async set(setting: Setting): Promise<void> {
    const key = keyOf(setting)
    // A command is done each time.
    const isCommand = this.isCommand(setting)
    if (!isCommand) this.#wanted.set(key, setting)
    if (this.isSet(setting)) return
    const { deviceId, property, value } = setting
    const device = this.#devices.device(deviceId)
    const before = descriptorOf(device, property)?.value
    this.#remember(device, property)
    this.#now.delete(key)
    try {
      const lease = this.#leaseOf(deviceId)
      const set = await this.#devices.setProperty(deviceId, property, value, { lease, temporary: true })
      const told = descriptorOf(set, property)?.value
      const answered = told === before && told !== value ? undefined : told
      if (!isCommand) this.#now.set(key, { asked: value, before, answered })
    } catch (error) {
      throw deviceFailure(device.description.name, error)
    }
  }

  /** Whether something is done rather than set. */
  isCommand({ deviceId, property }: Pick<Setting, 'deviceId' | 'property'>): boolean {
    return descriptorOf(this.#devices.device(deviceId), property)?.type === 'command'
  }

  /** Nothing is known any more of how the devices are set: after a failure. */
  forget(): void {
    this.#now.clear()
  }

  /** What was set, as it was before; the last thing set comes first. */
  before(): readonly Setting[] {
    return [...this.#before.values()].toReversed()
  }

  /** Sets `settings` again, one after the other. @returns what could not be set. */
  restore(restoration: Restoration, settings: readonly Setting[]): Promise<readonly Error[]> {
    return failuresOf(
      settings.map((setting) => () => {
        const { deviceId, property, value } = setting
        return restoration.ask({ deviceId, what: `${property} = ${value}` }, () => this.set(setting))
      }),
    )
  }

  end(): void {
    this.#stopListening()
  }

  async #applyInOrder(settings: readonly Setting[], signal: AbortSignal): Promise<void> {
    for (const setting of settings) {
      signal.throwIfAborted()
      await this.set(setting)
    }
  }

  #remember(device: DeviceState, property: string): void {
    const key = keyOf({ deviceId: device.id, property })
    const descriptor = descriptorOf(device, property)
    if (this.#before.has(key) || descriptor === undefined || descriptor.type === 'command') return
    this.#before.set(key, { deviceId: device.id, property, value: descriptor.value })
  }

  /** Somebody else has set something, or the device has: then it is set again when it is needed next. */
  #heed({ id, properties, status }: DeviceState): void {
    for (const { name, value } of properties) {
      const key = keyOf({ deviceId: id, property: name })
      const held = this.#now.get(key)
      if (held !== undefined && (status.state !== 'ready' || !isHeld(held, value))) this.#now.delete(key)
    }
  }
}

/** Whether a device that tells `value` is as it was set; what it tells first after that is its answer. */
function isHeld(held: Held, value: PropertyValue): boolean {
  if (value === held.asked || value === held.answered) return true
  if (held.answered !== undefined) return false
  if (value !== held.before) held.answered = value
  return true
}

function descriptorOf(device: DeviceState, property: string) {
  return device.properties.find(({ name }) => name === property)
}
