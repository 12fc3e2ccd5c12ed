/** Tells when what was drawn is really on the canvas: the GPU lags behind the calls. */

/** Frames that the GPU may lag behind. */
const mostPending = 2

type Pending = { readonly fence: WebGLSync; readonly onPassed: () => void }

export class FenceWatch {
  readonly #passed: (fence: WebGLSync) => boolean
  #pending: Pending[] = []

  /** @param passed whether the GPU has passed a fence; called between tasks, as browsers pass them only there. */
  constructor(passed: (fence: WebGLSync) => boolean) {
    this.#passed = passed
  }

  /** The GPU is so far behind that nothing more should be drawn now. */
  get full(): boolean {
    return this.#pending.length >= mostPending
  }

  /** Calls `onPassed` once the GPU has passed `fence`; in the order of the calls. */
  add(fence: WebGLSync, onPassed: () => void): void {
    this.#pending.push({ fence, onPassed })
    if (this.#pending.length === 1) this.#poll()
  }

  #poll(): void {
    setTimeout(() => {
      for (
        let next = this.#pending[0];
        next !== undefined && this.#passed(next.fence);
        next = this.#pending[0]
      ) {
        this.#pending.shift()
        next.onPassed()
      }
      if (this.#pending.length > 0) this.#poll()
    }, 1)
  }
}
