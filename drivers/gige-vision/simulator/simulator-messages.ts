/** What the simulator's thread and the one that started it tell each other. */
import type { SerializedError } from '../../../src-shared/errors.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { GigeSimulatorFault } from './simulator-faults.ts'
import type { SimulatedLink } from './simulator-options.ts'

/** What is asked of a simulator in its thread. */
export type SimulatorCall =
  | { readonly kind: 'unplug' }
  | { readonly kind: 'replug' }
  | { readonly kind: 'set-link'; readonly link: Partial<SimulatedLink> }
  | { readonly kind: 'fault'; readonly fault: GigeSimulatorFault }
  | { readonly kind: 'count' }
  | { readonly kind: 'close' }

/** Calls are answered in the order they are made, each with the counters. */
export type SimulatorRequest = { readonly id: number; readonly call: SimulatorCall }

/** What a simulator's thread tells. */
export type SimulatorMessage =
  | { readonly kind: 'started'; readonly port: number; readonly broadcastProblem: string | undefined }
  | { readonly kind: 'failed'; readonly error: SerializedError }
  | { readonly kind: 'done'; readonly id: number; readonly counters: GigeSimulatorCounters }
