/**
 * How the desktop window's page gets its two MessagePorts. The preload exposes `window.coverslip` (a
 * `PreloadAnnouncement`) and passes the ports on with `window.postMessage(portsMessage, '*', [calls, frames])`.
 * A page that has no ports (after a reload, or because it began to listen too late) posts `askMessage` to itself,
 * which the preload takes to the main process.
 */

/** What the preload exposes as `window.coverslip`; a page without it talks to the server it came from. */
export type PreloadAnnouncement = { readonly transport: 'ipc' }

/** Preload → page, with `event.ports` = [calls (oRPC), frames (see `frame-channel.ts`)]. */
export const portsMessage = { type: 'coverslip:ports' } as const

/** Page → preload: send the ports (again). */
export const askMessage = { type: 'coverslip:ask' } as const

/** True when `data` of a window message has the type of `message`. */
export function isHandshake(data: unknown, message: typeof portsMessage | typeof askMessage): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === message.type
}
