/** What the user must know of a recording without having asked. */
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'

/** Share of the buffers beyond which the user is told that the disk is too slow. */
const tooFull = 0.75

export class RecordingAlerts {
  readonly #alerts: AlertSink
  readonly #slowId: string
  readonly #incompleteId: string
  readonly #failedId: string

  constructor(alerts: AlertSink, id: string) {
    this.#alerts = alerts
    this.#slowId = `recording:slow-disk:${id}`
    this.#incompleteId = `recording:incomplete:${id}`
    this.#failedId = `recording:failed:${id}`
  }

  /** Of what is lost or incomplete, until somebody has read it; of a disk that is too slow, as long as it is. */
  progress(status: AcquisitionStatus): void {
    this.#incomplete(status)
    const { name, frames, buffer } = status
    const full = buffer.bytes / buffer.limitBytes
    if (frames.lost === 0 && full < tooFull) return this.#alerts.clear(this.#slowId)
    this.#alerts.raise({
      id: this.#slowId,
      severity: frames.lost > 0 ? 'error' : 'warning',
      source: 'Recording',
      message:
        frames.lost > 0
          ? `${frames.lost} frames are not in ${name}; its frames.jsonl names them`
          : `The disk is too slow: ${Math.round(100 * full)} % of the buffers are full`,
      hint: 'Lower the frame rate, choose a smaller ROI, or record to a faster disk.',
    })
  }

  #incomplete({ name, frames: { incomplete } }: AcquisitionStatus): void {
    if (incomplete === 0) return
    this.#alerts.raise({
      id: this.#incompleteId,
      severity: 'error',
      source: 'Recording',
      message: `${incomplete} frames of ${name} arrived with pixels missing, which are 0 there; its frames.jsonl names them`,
      hint: 'Look at the health of the camera’s connection, under Devices.',
    })
  }

  ended({ name, frames, finish }: AcquisitionStatus): void {
    if (frames.lost === 0) this.#alerts.clear(this.#slowId)
    if (finish?.reason !== 'failed') return
    const { message = 'it was ended', hint } = finish
    this.#alerts.raise({
      id: this.#failedId,
      severity: 'error',
      source: 'Recording',
      message: `${name} ended early: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}
