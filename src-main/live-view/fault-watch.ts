/** Tells when a stream that had a fault works again: when a frame was made that came after it. */
export class FaultWatch {
  #isFaulty = false
  /** Frames made until the first count after the fault: some of them may have been before it. */
  #made: number | undefined

  fault(): void {
    this.#isFaulty = true
    this.#made = undefined
  }

  /** To be told now and then how many frames were `made` since the start; true once after each fault. */
  recovered(made: number): boolean {
    if (!this.#isFaulty) return false
    this.#made ??= made
    if (made === this.#made) return false
    this.#isFaulty = false
    return true
  }
}
