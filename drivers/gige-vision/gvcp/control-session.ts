/** Control of a device: taken, held by heartbeats, and given back. */
import { bootstrap, privilege } from '../protocol/bootstrap-registers.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GvcpClient } from './gvcp-client.ts'
import { unansweredError } from './gvcp-error.ts'

/** Whose control is taken, and how its loss is noticed and told. */
export type ControlOptions = {
  readonly client: GvcpClient
  /** After how much silence the device gives control away, ms; a heartbeat is sent three times as often. */
  readonly heartbeatTimeoutMs: number
  /** Called once when the device no longer answers or no longer obeys. */
  onLost(reason: CoverslipError): void
}

/**
 * A device that owes an answer for so many heartbeats is lost: with the one that may pass until something is asked, that
 * is less than three. Single commands may wait longer for their answer, so that it is not they who decide.
 */
const mostSilentBeats = 1.75
const looksPerBeat = 8

/** Control bits of the privilege register. */
const controlBits = privilege.control | privilege.exclusive

/** The control over a device, kept by a heartbeat. */
export class ControlSession {
  readonly #options: ControlOptions
  #timer: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #wasSilent = false
  #beating: Promise<void> = Promise.resolve()
  #ended = false

  private constructor(options: ControlOptions) {
    this.#options = options
  }

  /**
   * Takes control and begins to hold it.
   * @throws CoverslipError DEVICE_UNAVAILABLE when another program has it.
   */
  static async take(options: ControlOptions): Promise<ControlSession> {
    const { client, heartbeatTimeoutMs } = options
    await client.writeRegister(bootstrap.controlPrivilege, privilege.control)
    const granted = await client.readRegister(bootstrap.controlPrivilege)
    if ((granted & controlBits) === 0) {
      throw new CoverslipError('DEVICE_UNAVAILABLE', `${client.deviceName} does not give control`, {
        hint: 'Close other programs that use it, also on other computers.',
      })
    }
    await client.writeRegister(bootstrap.heartbeatTimeoutMs, heartbeatTimeoutMs)
    const session = new ControlSession(options)
    session.#schedule()
    session.#watch = setInterval(() => session.#look(), heartbeatTimeoutMs / 3 / looksPerBeat)
    return session
  }

  /** Stops the heartbeat and gives control back; a device that no longer answers keeps it until its timeout. */
  async release(): Promise<void> {
    if (this.#ended) return
    this.#end()
    await this.#beating
    await this.#options.client.writeRegister(bootstrap.controlPrivilege, privilege.none)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat()
    }, this.#options.heartbeatTimeoutMs / 3)
  }

  /** Twice in a row: after this thread was busy, answers may wait in the socket, which is read in between. */
  #look(): void {
    const { client, heartbeatTimeoutMs } = this.#options
    const isSilent = client.silentMs > (mostSilentBeats * heartbeatTimeoutMs) / 3
    if (isSilent && this.#wasSilent) this.#lost(unansweredError(client.deviceName, { doing: 'heartbeat' }))
    this.#wasSilent = isSilent
  }

  async #beat(): Promise<void> {
    const { client } = this.#options
    try {
      const held = await client.readRegister(bootstrap.controlPrivilege, 'urgent')
      if (this.#ended) return
      if ((held & controlBits) !== 0) return this.#schedule()
      this.#lost(
        new CoverslipError('DEVICE_UNAVAILABLE', `Control of ${client.deviceName} was lost`, {
          hint: 'Another program took it, the camera was restarted, or this computer was too busy to keep in touch. It is opened again.',
        }),
      )
    } catch (error) {
      this.#lost(CoverslipError.from(error, 'DEVICE_FAILED'))
    }
  }

  #lost(reason: CoverslipError): void {
    if (this.#ended) return
    this.#end()
    this.#options.onLost(reason)
  }

  #end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
  }
}
