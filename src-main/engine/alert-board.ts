import type { Alert, AlertSink } from '../../src-shared/alerts.ts'
import type { EngineEvent } from '../../src-shared/contract/events.ts'
import { Emitter } from '../../src-shared/emitter.ts'

/** An alert has come or gone. */
export type AlertEvent = Extract<EngineEvent, { type: 'alertRaised' | 'alertCleared' }>

/** What the user must know now, by id. */
export class AlertBoard implements AlertSink {
  readonly #alerts = new Map<string, Alert>()
  readonly #events = new Emitter<AlertEvent>()

  on(listener: (event: AlertEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** Oldest first. */
  list(): Alert[] {
    return [...this.#alerts.values()]
  }

  raise(alert: Omit<Alert, 'since'>): void {
    const before = this.#alerts.get(alert.id)
    if (before?.message === alert.message && before.severity === alert.severity) return
    const raised = { ...alert, since: before?.since ?? Date.now() }
    this.#alerts.set(alert.id, raised)
    this.#events.emit({ type: 'alertRaised', alert: raised })
  }

  clear(id: string): void {
    if (this.#alerts.delete(id)) this.#events.emit({ type: 'alertCleared', alertId: id })
  }
}
