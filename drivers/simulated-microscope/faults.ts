import { CoverslipError } from '../../src-shared/errors.ts'
import type { SimulatorFault } from './options.ts'

/** Frames that are delivered before a fault `...-while-running` strikes. */
export const framesBeforeFault = 10
const announcementsPerTurn = 1000

/**
 * Faults on request:
 * - `throw-on-start`: `start` rejects.
 * - `hang-on-start`: `start` never settles; the thread lives on.
 * - `throw-while-running`: an exception that nothing catches, from a timer, after `framesBeforeFault` frames.
 * - `hang-while-running`: the thread blocks for good after `framesBeforeFault` frames, using no CPU.
 * - `flood-properties`: property changes are announced without end, from when the microscope is opened.
 */
export class FaultInjector {
  readonly #fault: SimulatorFault
  #flood: NodeJS.Immediate | undefined

  constructor(fault: SimulatorFault) {
    this.#fault = fault
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
