import { CoverslipError } from '../../src-shared/errors.ts'
import type { SimulatorFault, SimulatorOptions } from './options.ts'

/** Frames that are delivered before a fault `...-while-running` strikes. */
const framesBeforeFault = 10
const announcementsPerTurn = 1000

type FaultOptions = Pick<SimulatorOptions, 'fault' | 'failMove' | 'failLight' | 'failFocus'>

/**
 * Faults on request:
 * - `throw-on-start`: `start` rejects.
 * - `hang-on-start`: `start` never settles; the thread lives on.
 * - `throw-while-running`: an exception that nothing catches, from a timer, after `framesBeforeFault` frames.
 * - `hang-while-running`: the thread blocks for good after `framesBeforeFault` frames, using no CPU.
 * - `flood-properties`: property changes are announced without end, from when the microscope is opened.
 *
 * Besides, the n-th move of the stage, the n-th time a light is turned on, and the first n searches of the autofocus can
 * fail.
 */
export class FaultInjector {
  readonly #fault: SimulatorFault
  readonly #options: FaultOptions
  readonly #counts = { moves: 0, lights: 0, searches: 0 }
  #flood: NodeJS.Immediate | undefined

  constructor(options: FaultOptions) {
    this.#fault = options.fault
    this.#options = options
  }

  /** The stage is about to move. */
  onMove(): void {
    if (++this.#counts.moves === this.#options.failMove)
      throw new CoverslipError('DEVICE_FAILED', 'The motor stalls, as the option "failMove" asks for')
  }

  /** A light is about to be turned on. */
  onLight(): void {
    if (++this.#counts.lights === this.#options.failLight)
      throw new CoverslipError('DEVICE_FAILED', 'The lamp does not start, as the option "failLight" asks for')
  }

  /** Autofocus is about to search. */
  onFocus(): void {
    if (++this.#counts.searches <= this.#options.failFocus)
      throw new CoverslipError('DEVICE_FAILED', 'No focus is found, as the option "failFocus" asks for')
  }

  async onStart(): Promise<void> {
    if (this.#fault === 'throw-on-start') {
      throw new CoverslipError('DEVICE_FAILED', 'Camera 1 failed to start, as its option "fault" asks for', {
        hint: 'Set the option "fault" of the simulated microscope to "none".',
      })
    }
    if (this.#fault === 'hang-on-start') await new Promise<never>(() => undefined)
  }

  onFrame(sequence: number): void {
    if (sequence < framesBeforeFault) return
    if (this.#fault === 'throw-while-running') {
      throw new CoverslipError(
        'DEVICE_FAILED',
        'Camera 1 failed while running, as its option "fault" asks for',
      )
    }
    if (this.#fault === 'hang-while-running') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }

  onOpen(announce: () => void): void {
    if (this.#fault !== 'flood-properties') return
    const flood = () => {
      for (let count = 0; count < announcementsPerTurn; count += 1) announce()
      this.#flood = setImmediate(flood)
    }
    this.#flood = setImmediate(flood)
  }

  close(): void {
    clearImmediate(this.#flood)
  }
}
