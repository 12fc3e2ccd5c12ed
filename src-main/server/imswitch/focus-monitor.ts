import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FocusScore } from '../../../src-shared/focus.ts'
import type { Engine } from '../../engine/create-engine.ts'

/** ImSwitch's live monitoring of the focus: on or off for all clients. */
export class FocusMonitor {
  readonly #engine: Pick<Engine, 'focusScores'>
  readonly #scores = new Emitter<FocusScore>()
  #end: (() => void) | undefined

  constructor(engine: Pick<Engine, 'focusScores'>) {
    this.#engine = engine
  }

  get isOn(): boolean {
    return this.#end !== undefined
  }

  on(listener: (score: FocusScore) => void): () => void {
    return this.#scores.on(listener)
  }

  /** Tells of the sharpness of a camera's images every `periodS`. @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA. */
  start(detectorName: string | undefined, periodS: number): void {
    this.stop()
    let dueMs = -Infinity
    this.#end = this.#engine.focusScores.on(detectorName, (told) => {
      if (told instanceof CoverslipError) return this.stop()
      const now = performance.now()
      if (now < dueMs) return
      dueMs = now + 1000 * periodS
      this.#scores.emit(told)
    })
  }

  stop(): void {
    this.#end?.()
    this.#end = undefined
  }
}
