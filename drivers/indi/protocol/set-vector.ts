import { CoverslipError } from '../../../src-shared/errors.ts'
import type { IndiClient } from './indi-client.ts'
import type { IndiVector } from './indi-message.ts'
import { newVector, type NewValues } from './message-writer.ts'

/** How long a device may take, ms: less than the registry gives a driver, so that the error tells what was slow. */
const setTimeoutMs = 9000
/** A device that answers with another value than it was given has rounded it, unless the value follows within, ms. */
const settleMs = 300

type SetOptions = {
  readonly timeoutMs?: number
  /** `accepted`: do not wait until the device has got there (a cooler takes minutes). Default: `done`. */
  readonly until?: 'done' | 'accepted'
}

/** Sets properties of a server's devices, one after the other where they are of one vector. */
export class VectorSetter {
  readonly #client: IndiClient
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(client: IndiClient) {
    this.#client = client
  }

  /**
   * Sets values of a property and waits until the device says that they hold.
   * @throws CoverslipError UNKNOWN_PROPERTY; DEVICE_FAILED with what the device says when it refuses; DEVICE_TIMEOUT.
   */
  set(device: string, name: string, values: NewValues, options: SetOptions = {}): Promise<void> {
    const key = JSON.stringify([device, name])
    const before = this.#underWay.get(key) ?? Promise.resolve()
    const set = before.then(() => this.#set(device, name, values, options))
    const settled = set.catch(() => undefined)
    this.#underWay.set(key, settled)
    void settled.then(() => {
      if (this.#underWay.get(key) === settled) this.#underWay.delete(key)
    })
    return set
  }

  async #set(device: string, name: string, values: NewValues, options: SetOptions): Promise<void> {
    const { timeoutMs = setTimeoutMs, until = 'done' } = options
    const client = this.#client
    const vector = client.vector(device, name)
    if (vector === undefined)
      throw new CoverslipError('UNKNOWN_PROPERTY', `${device} has no property ${name} (any more)`)
    const title = `${vector.label} of ${device}`
    client.forgetNote(device)
    client.send(newVector(vector, values))
    let isBusy = false
    const answer = await client.until(
      (event) => {
        if (event === undefined || event.type === 'blob' || event.type === 'lost') return undefined
        if (event.device !== device || (event.name !== undefined && event.name !== name)) return undefined
        const now = client.vector(device, name)
        if (now === undefined)
          throw new CoverslipError('DEVICE_FAILED', `${title} is gone${client.note(device)}`)
        // A definition may be one that is repeated, as devices are asked to when they are opened.
        if (event.type === 'define' && !hasValues(now, values)) return undefined
        if (now.state === 'Alert')
          throw new CoverslipError('DEVICE_FAILED', `${title} was refused${client.note(device)}`)
        isBusy = now.state === 'Busy'
        return isBusy && until === 'done' ? undefined : now
      },
      {
        timeoutMs,
        late: () => {
          const what = isBusy ? 'is still under way' : 'was not answered'
          throw new CoverslipError('DEVICE_TIMEOUT', `${title} ${what} after ${timeoutMs / 1000} s`, {
            hint: 'Check the device’s power and cable.',
          })
        },
      },
    )
    if (until === 'accepted' || holds(answer, values)) return
    await client.until(
      () => {
        const now = client.vector(device, name)
        return now === undefined || holds(now, values) ? true : undefined
      },
      { timeoutMs: settleMs, late: () => true },
    )
  }
}

/** Whether a property has the values it was given. Switches that are buttons jump back, so they are not looked at. */
function holds(vector: IndiVector, values: NewValues): boolean {
  return (vector.kind !== 'Text' && vector.kind !== 'Number') || hasValues(vector, values)
}

function hasValues(vector: IndiVector, values: NewValues): boolean {
  if (vector.kind === 'BLOB') return true
  return vector.elements.every(({ name, value }) => {
    const wanted = values.get(name)
    if (typeof wanted !== 'number' || typeof value !== 'number') return (wanted ?? value) === value
    return Math.abs(wanted - value) <= 1e-6 * Math.max(1, Math.abs(wanted))
  })
}
