/** Publishes a camera to a media server by WHIP, as the settings say, for as long as they say so. */
import { setTimeout as delay } from 'node:timers/promises'
import type { AlertSink } from '../../src-shared/alerts.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Settings, WhipSettings } from '../../src-shared/settings.ts'
import type { WebrtcSignalling } from '../live-view/webrtc/webrtc-signalling.ts'
import { openWhipSession, type WhipSession } from './whip-exchange.ts'

const alertId = 'whip'
/** A session that lasted so long counts as success: the next retry is quick again. */
const steadyMs = 20_000

type Options = {
  readonly webrtc: WebrtcSignalling
  readonly settings: {
    readonly settings: Settings
    on(listener: (settings: Settings) => void): () => void
  }
  readonly alerts: AlertSink
  /** Pauses before retries, doubling from the first to the longest, ms. */
  readonly backOff?: { readonly firstMs: number; readonly longestMs: number }
}

type Publication = { readonly wish: string; readonly abort: AbortController; readonly done: Promise<void> }

/** One publication at a time; a change of the settings ends it and begins another at once. */
export class WhipPublisher {
  readonly #options: Options
  #unfollow: () => void = () => undefined
  #current: Publication | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Begins to follow the settings: once the cameras are there. */
  start(): void {
    const { settings } = this.#options
    this.#unfollow = settings.on(({ whip }) => this.#follow(whip))
    this.#follow(settings.settings.whip)
  }

  /** Ends the publication, at the media server too. */
  async close(): Promise<void> {
    this.#unfollow()
    this.#current?.abort.abort()
    await this.#current?.done
  }

  #follow(whip: WhipSettings | undefined): void {
    const wish = whip?.enabled === true ? JSON.stringify(whip) : ''
    if (wish === (this.#current?.wish ?? '')) return
    this.#current?.abort.abort()
    const abort = new AbortController()
    const before = this.#current?.done
    const run = async () => {
      await before
      this.#options.alerts.clear(alertId)
      if (whip?.enabled === true) await this.#publish(whip, abort.signal)
    }
    this.#current = { wish, abort, done: run() }
  }

  /** Tries again and again, until it is aborted. */
  async #publish(whip: WhipSettings, signal: AbortSignal): Promise<void> {
    const { firstMs, longestMs } = this.#options.backOff ?? { firstMs: 1000, longestMs: 30_000 }
    let pauseMs = firstMs
    while (!signal.aborted) {
      const startedMs = performance.now()
      try {
        await this.#session(whip, signal)
        if (!signal.aborted)
          this.#complain(new CoverslipError('DEVICE_UNAVAILABLE', 'The media server has gone'))
      } catch (error) {
        if (!signal.aborted) this.#complain(error)
      }
      if (performance.now() - startedMs > steadyMs) pauseMs = firstMs
      // An abort ends the pause; the loop's condition ends the rest.
      await delay(pauseMs, undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(longestMs, pauseMs * 2)
    }
  }

  /** Publishes once; resolves when that has ended. */
  async #session(whip: WhipSettings, signal: AbortSignal): Promise<void> {
    const { webrtc, alerts } = this.#options
    let remote: WhipSession | undefined
    // Watched from the start: a session may end before `publish` has told its id.
    const ended = new Set<string>()
    let wake: () => void = () => undefined
    const unfollow = webrtc.onClosed((sessionId) => {
      ended.add(sessionId)
      wake()
    })
    const aborted = () => wake()
    signal.addEventListener('abort', aborted)
    try {
      const { sessionId } = await webrtc.publish({ detectorName: whip.detectorName }, async (offerSdp) => {
        remote = await openWhipSession(whip, offerSdp, signal)
        return remote.answerSdp
      })
      alerts.clear(alertId)
      while (!signal.aborted && !ended.has(sessionId) && webrtc.has(sessionId)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      await webrtc.close(sessionId)
    } finally {
      unfollow()
      signal.removeEventListener('abort', aborted)
      await remote?.end()
    }
  }

  #complain(error: unknown): void {
    const { message, hint, code } = CoverslipError.from(error)
    if (code === 'INTERNAL') console.error(error)
    this.#options.alerts.raise({
      id: alertId,
      severity: 'warning',
      source: 'Publishing',
      message: `The stream is not published: ${message}`,
      hint: hint ?? 'Coverslip keeps trying.',
    })
  }
}
