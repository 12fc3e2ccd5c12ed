import type { AlertSink } from '../../src-shared/alerts.ts'
import { type Clock, systemClock } from '../access/clock.ts'

const kinds = {
  token: 'without a valid access token',
  origin: 'from foreign pages or for foreign host names',
  rate: 'too fast',
  connection: 'connections over the limit',
} as const
/** Why something was refused. */
export type RefusalKind = keyof typeof kinds

const minuteMs = 60_000
/** Wrong tokens in a minute that the owner should know of. */
const manyWrongTokens = 100
const alertId = 'access:wrong-tokens'

/** Counts what was refused, and says so once a minute: a flood of requests must not become a flood of lines. */
export class RefusalTally {
  readonly #alerts: AlertSink
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #counts = new Map<RefusalKind, number>()
  #cancel: (() => void) | undefined
  #alerted = false

  constructor(options: { alerts: AlertSink; clock?: Clock; log?: (line: string) => void }) {
    this.#alerts = options.alerts
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? ((line) => console.warn(line))
  }

  count(kind: RefusalKind): void {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    this.#cancel ??= this.#clock.after(minuteMs, () => this.#report())
    if (kind === 'token' && count === manyWrongTokens) this.#alert()
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#alerted) this.#alerts.clear(alertId)
  }

  #report(): void {
    this.#cancel = undefined
    const parts = [...this.#counts].map(([kind, count]) => `${count} ${kinds[kind]}`)
    const calm = (this.#counts.get('token') ?? 0) < manyWrongTokens
    this.#counts.clear()
    if (parts.length > 0) this.#log(`Refused in the last minute: ${parts.join(', ')}.`)
    if (!this.#alerted) return
    if (calm) {
      this.#alerted = false
      this.#alerts.clear(alertId)
    } else this.#cancel = this.#clock.after(minuteMs, () => this.#report())
  }

  #alert(): void {
    this.#alerted = true
    this.#alerts.raise({
      id: alertId,
      severity: 'warning',
      source: 'Sharing',
      message: `Somebody tries to come in without a valid link: ${manyWrongTokens} attempts in a minute`,
      hint: 'It may be a page with an old link. Tokens cannot be guessed; stop sharing if it disturbs.',
    })
  }
}
