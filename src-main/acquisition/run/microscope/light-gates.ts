import type { DeviceState } from '../../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { deviceFailure } from './device-failure.ts'
import { orGivenUp } from './giving-up.ts'
import { gatesOf, isAbout, isSame, type LightGate } from './light-path.ts'
import { whenReady } from './when-ready.ts'
import type { Restoration } from './restoration.ts'
import { allEnded, failuresAmong } from './together.ts'

/** A light that was cut off from the computer is waited for so long, to be turned off, ms. */
const reconnectMs = 5000

/** The light on the specimen: off but while something is exposed. */
export class LightGates {
  readonly #devices: DeviceRegistry
  /** Gates of the plan that were open before it. */
  #openBefore: readonly LightGate[] = []
  /** Gates that are to let light through now. */
  #wanted: readonly LightGate[] = []
  #used: readonly LightGate[] = []
  /** Gates of the plan that may let light through. */
  #open: readonly LightGate[] = []
  /** Those of them that do for certain: the plan has opened them, and nothing has been heard to the contrary. */
  #surelyOpen: readonly LightGate[] = []
  /** Those that the plan has opened, and may close, while their devices tell what was before. */
  #beingTold: readonly LightGate[] = []
  /** What somebody else has opened or closed since the plan has opened its own. */
  #meddled: LightGate | undefined
  #hasBegun = false
  readonly #stopListening: () => void

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
    this.#stopListening = devices.on((event) => {
      if (event.type === 'deviceChanged') this.#heed(event.device)
    })
  }

  /** All gates of the plan: nothing else than this opens and closes them. */
  get used(): readonly LightGate[] {
    return this.#used
  }

  /** Closes all gates that the plan uses. */
  async begin(used: readonly LightGate[]): Promise<void> {
    this.#used = used.filter((gate, i) => used.findIndex((other) => isSame(other, gate)) === i)
    this.#openBefore = this.#used.filter((gate) => this.isOpen(gate))
    this.#hasBegun = true
    await this.#setAll(this.#used, false)
  }

  /**
   * Lets light through `gates`, and through no others.
   * @throws CoverslipError of the device; then all are closed. The reason of `signal`: a device hangs, and whoever opens
   *   the light closes it.
   */
  async open(gates: readonly LightGate[], signal?: AbortSignal): Promise<void> {
    await orGivenUp(this.keepOnly(gates), signal)
    const closed = gates.filter((gate) => !isAbout(gate, this.#surelyOpen))
    this.#open = [...this.#open.filter((gate) => !isAbout(gate, closed)), ...closed]
    this.#wanted = gates
    try {
      await orGivenUp(allEnded(closed.map((gate) => this.#openIfWanted(gate))), signal)
      this.#surelyOpen = [...this.#surelyOpen, ...closed]
      this.#meddled = undefined
    } catch (error) {
      if (signal?.aborted !== true) await this.closeAfterFailure()
      throw error
    }
  }

  /**
   * Lets through what light there was before the plan: its own gates, and of the lights `lit` those that it has turned off.
   * @throws as `open`
   */
  async openAsBefore(lit: readonly LightGate[]): Promise<void> {
    const unlit = lit.filter((gate) => !isAbout(gate, this.#openBefore) && !this.isOpen(gate))
    await this.open([...this.#openBefore, ...unlit])
  }

  /** What somebody else has opened or closed since `open`, as far as the devices have told. */
  get meddled(): LightGate | undefined {
    return this.#meddled
  }

  /**
   * Resolves when `meddled` says what has happened until now. Light may be closed meanwhile: devices answer in the order in
   * which they are asked, so that what one tells before it answers this is not the plan's own closing.
   * @throws CoverslipError of a device that is not connected any more
   */
  async whenTold(): Promise<void> {
    this.#beingTold = this.#surelyOpen
    await allEnded(
      this.#open.map(async (gate) => {
        try {
          await this.#devices.whenTold([gate.deviceId])
        } finally {
          this.#beingTold = this.#beingTold.filter((other) => !isSame(other, gate))
        }
      }),
    )
  }

  /** Closes what may be open, but those of `gates` that surely are. @throws CoverslipError of the device that does not close. */
  async keepOnly(gates: readonly LightGate[]): Promise<void> {
    const kept = this.#surelyOpen.filter((gate) => isAbout(gate, gates))
    const others = this.#open.filter((gate) => !isAbout(gate, kept))
    this.#surelyOpen = kept
    this.#wanted = kept
    if (others.length === 0) return
    await this.#setAll(others, false)
    this.#open = this.#open.filter((gate) => !isAbout(gate, others))
  }

  /** No light any more. @throws CoverslipError of the device that does not close. */
  close(): Promise<void> {
    return this.keepOnly([])
  }

  /**
   * Closes what is open, as far as that can be done now; `makeDark` tries again, and tells. A light that hangs is not waited
   * for once `signal` has aborted.
   */
  async closeAfterFailure(signal?: AbortSignal): Promise<void> {
    await Promise.allSettled([orGivenUp(this.close(), signal)])
  }

  /** Whether what is open still is, nobody knows: after a failure. */
  forget(): void {
    this.#surelyOpen = []
  }

  /**
   * Closes all gates of the plan, and with `everything` those of the microscope; waits a little for devices that are
   * just not connected. Nothing is touched of what `begin` has not. @returns what could not be closed.
   */
  async makeDark(
    restoration: Restoration,
    { everything }: { readonly everything: boolean },
  ): Promise<readonly Error[]> {
    if (!this.#hasBegun) return []
    this.#wanted = []
    const all = everything
      ? [...gatesOf(this.#devices, 'shutter'), ...gatesOf(this.#devices, 'light')]
      : this.#used
    const failures = await failuresAmong(
      all.map(async (gate) => {
        const { deviceId } = gate
        try {
          await restoration.ask({ deviceId, what: 'that its light is off' }, () => this.#closeSurely(gate))
        } catch (error) {
          this.#openBefore = this.#openBefore.filter((other) => !isSame(other, gate))
          throw error
        }
      }),
    )
    this.#open = []
    this.#surelyOpen = []
    return failures
  }

  /** Opens what was open before the plan, and could be closed after it. @returns what could not be opened. */
  restore(restoration: Restoration): Promise<readonly Error[]> {
    this.#wanted = this.#openBefore
    return failuresAmong(
      this.#openBefore.map((gate) =>
        restoration.ask({ deviceId: gate.deviceId, what: 'that its light is on' }, () =>
          this.#openIfWanted(gate),
        ),
      ),
    )
  }

  end(): void {
    this.#stopListening()
  }

  /** As far as the device has told. */
  isOpen({ deviceId, property }: LightGate): boolean {
    return this.#devices
      .device(deviceId)
      .properties.some(({ name, value }) => name === property && value === true)
  }

  async #closeSurely(gate: LightGate): Promise<void> {
    const close = async () => {
      await whenReady(this.#devices, gate.deviceId, { withinMs: reconnectMs })
      await this.#set(gate, false)
    }
    try {
      await close()
    } catch (error) {
      // One that has hung until its connection was given up is opened again, and may be on.
      if (this.#devices.device(gate.deviceId).status.state === 'ready') throw error
      await close()
    }
  }

  /** Somebody else has opened or closed a gate of the plan, or its device was lost. */
  #heed({ id, properties, status }: DeviceState): void {
    for (const gate of this.#used.filter(({ deviceId }) => deviceId === id)) {
      const told = properties.find(({ name }) => name === gate.property)?.value
      const isOpen = status.state === 'ready' && told === true
      if (isOpen === isAbout(gate, this.#open)) continue
      if (isOpen) this.#open = [...this.#open, gate]
      // One that is being opened may not have told yet.
      else if (!isAbout(gate, this.#surelyOpen) && !isAbout(gate, this.#beingTold)) continue
      this.#surelyOpen = this.#surelyOpen.filter((open) => !isSame(open, gate))
      this.#meddled = gate
    }
  }

  /** Opens `gate`; one that takes so long in that that it has been told to close meanwhile is closed again. */
  async #openIfWanted(gate: LightGate): Promise<void> {
    await this.#set(gate, true)
    if (!isAbout(gate, this.#wanted)) await this.#set(gate, false)
  }

  #setAll(gates: readonly LightGate[], value: boolean): Promise<void> {
    return allEnded(gates.map((gate) => this.#set(gate, value)))
  }

  async #set({ deviceId, property }: LightGate, value: boolean): Promise<void> {
    try {
      await this.#devices.setProperty(deviceId, property, value, { temporary: true })
    } catch (error) {
      throw deviceFailure(this.#devices.device(deviceId).description.name, error)
    }
  }
}
