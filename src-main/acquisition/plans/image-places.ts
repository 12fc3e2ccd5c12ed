import type { EventIndex } from '../../../src-shared/plan/acquisition-event.ts'
import type { PlanLayout } from './plan-layout.ts'

/** Images of a layout beyond which none is remembered: 16 MB. */
const mostPlaces = 2 ** 27

/** Remembers which images of a layout were there: one bit each. */
export class ImagePlaces {
  readonly #axes: readonly { readonly axis: 't' | 'p' | 'c' | 'z'; readonly length: number }[]
  readonly #taken: Uint8Array | undefined

  constructor({ axes }: Pick<PlanLayout, 'axes'>) {
    this.#axes = axes.map(({ axis, length = 1 }) => ({ axis, length }))
    const places = this.#axes.reduce((all, { length }) => all * length, 1)
    this.#taken = places > mostPlaces ? undefined : new Uint8Array(Math.ceil(places / 8))
  }

  /** Takes the place of an image; false: it was taken. Always true in layouts that are too large to remember. */
  take(index: EventIndex): boolean {
    if (this.#taken === undefined) return true
    let place = 0
    for (const { axis, length } of this.#axes) place = place * length + (index[axis] ?? 0)
    const [byte, bit] = [Math.floor(place / 8), 1 << (place % 8)]
    const before = this.#taken[byte] ?? 0
    this.#taken[byte] = before | bit
    return (before & bit) === 0
  }
}
