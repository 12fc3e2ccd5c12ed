import type { Axis, PropertySetting } from './sequence.ts'

/** Where in the plan an image is: the number of its time point, position, tile, channel and plane, from 0. */
export type EventIndex = Readonly<Partial<Record<Axis, number>>>

/** What is done at a step. */
export type EventAction =
  | { readonly type: 'acquireImage' }
  | {
      readonly type: 'hardwareAutofocus'
      readonly deviceName: string | undefined
      readonly motorOffset: number | undefined
      readonly maxRetries: number
    }

/** One step of an acquisition. What is undefined stays as it is. */
export type AcquisitionEvent = {
  readonly index: EventIndex
  readonly action: EventAction
  readonly channel: { readonly group: string; readonly config: string } | undefined
  readonly camera: string | undefined
  readonly exposureMs: number | undefined
  /** Not before this, s after the timer was last reset. */
  readonly minStartS: number | undefined
  readonly positionName: string | undefined
  readonly xUm: number | undefined
  readonly yUm: number | undefined
  readonly zUm: number | undefined
  readonly properties: readonly PropertySetting[]
  /** Illumination may stay on until the next event. */
  readonly keepShutterOpen: boolean
  /** The timer begins anew with this event. */
  readonly resetTimer: boolean
}
