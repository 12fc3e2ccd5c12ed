/** What the page offers to the test, as `globalThis.imswitch`. */
export type ImSwitchPage = {
  /** Frames drawn, by protocol. */
  readonly drawn: Record<string, number>
  capabilities: unknown
  position: unknown
  /** REST call; a body makes it a POST. */
  call(path: string, body?: unknown): Promise<unknown>
  /** Number of different grey values on the canvas. */
  greys(): number
  showMjpeg(): void
  hideMjpeg(): void
}
declare global {
  var imswitch: ImSwitchPage
}
