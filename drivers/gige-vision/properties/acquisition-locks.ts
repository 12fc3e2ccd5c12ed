import type { Feature } from '../genicam/feature.ts'
import { isWritable } from './standard-property.ts'

/**
 * Which features the camera locks only because it acquires (pIsLocked by SFNC's TLParamsLocked, or whatever else the
 * description says): those that could be written and no longer can be once an acquisition has begun. What another
 * setting locks later, as automatic exposure does the exposure time, is none of them.
 */
export class AcquisitionLocks {
  #state: 'still' | 'beginning' | 'acquiring' = 'still'
  /** The features that the present acquisition, or the last one, locks, as they were before it. */
  readonly #before = new Map<string, Feature>()
  /** What the last acquisition that ran locked: the next one will most likely too. */
  #known: ReadonlySet<string> = new Set()

  /** Whether an acquisition has begun, or is about to. */
  get acquiring(): boolean {
    return this.#state !== 'still'
  }

  /** To be called before the camera is told to acquire. */
  begin(): void {
    this.#before.clear()
    this.#state = 'beginning'
  }

  /** To be called when all that changed by the beginning was observed. */
  begun(): void {
    this.#state = 'acquiring'
    this.#known = new Set(this.#before.keys())
  }

  /** To be called when the camera stands still. */
  end(): void {
    this.#state = 'still'
  }

  /** To be called with each feature that is read again, and what it was. */
  observe(before: Feature | undefined, now: Feature): void {
    if (this.#state !== 'beginning' || before === undefined) return
    if (isWritable(before) && !isWritable(now)) this.#before.set(now.name, before)
  }

  /** Whether the feature is locked by acquisitions, as far as is known: also while the camera stands still. */
  has(name: string): boolean {
    return this.#before.has(name) || this.#known.has(name)
  }

  /** The feature, if the acquisition locks it: as it can be set once the camera stands still, with its present value. */
  unlocked(feature: Feature): Feature {
    const before = this.#before.get(feature.name)
    if (!this.acquiring || before === undefined || isWritable(feature)) return feature
    const { accessMode } = before
    if (feature.kind === 'integer' && before.kind === 'integer') {
      const { min, max, inc } = before
      return { ...feature, accessMode, min, max, inc }
    }
    if (feature.kind === 'float' && before.kind === 'float') {
      const { min, max, inc } = before
      return { ...feature, accessMode, min, max, inc }
    }
    if (feature.kind === 'enumeration' && before.kind === 'enumeration') {
      return { ...feature, accessMode, entries: before.entries }
    }
    return { ...feature, accessMode }
  }
}
