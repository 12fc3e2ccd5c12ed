/** What the page under test offers to the test, as `globalThis.harness`. */
import type {
  DisplayState,
  DisplayStats,
  Histogram,
  Probe,
  ShownFrame,
} from '../../../src-renderer/display/display-types.ts'
import type { LiveDisplay } from '../../../src-renderer/display/live-display.ts'

export type Harness = {
  readonly display: LiveDisplay
  /** All that the display reported, in order. */
  readonly frames: ShownFrame[]
  readonly histograms: Histogram[]
  readonly stats: DisplayStats[]
  readonly probes: (Probe | undefined)[]
  readonly states: DisplayState[]
  /** With `?source=port`: what the display sent to its host, and a way to send to it. */
  readonly requests: unknown[]
  send(message: object): void
}

declare global {
  var harness: Harness
}
