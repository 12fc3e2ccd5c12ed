/**
 * How the desktop window's page gets its MessagePorts. The preload exposes `window.coverslip` (a
 * `PreloadAnnouncement`) and passes the port for calls on with `window.postMessage(portsMessage, '*', [calls])`.
 * A page that has no port (after a reload, or because it began to listen too late) posts `askMessage` to itself,
 * which the preload takes to the main process. For frames it makes a channel for each of its displays, keeps one end
 * and gives the other away with `framesMessage`.
 */

/** What the preload exposes as `window.coverslip`; a page without it talks to the server it came from. */
export type PreloadAnnouncement = { readonly transport: 'ipc' }

/** Preload → page, with `event.ports` = [calls (oRPC)]. */
export const portsMessage = { type: 'coverslip:ports' } as const

/** Page → preload: send the ports (again). */
export const askMessage = { type: 'coverslip:ask' } as const

/** Page → preload, with `event.ports` = [frames (see `frame-channel.ts`)]: send frames there. */
export const framesMessage = { type: 'coverslip:frames' } as const

/** Page → preload, with the `id` of an item of the gallery, when the user drags it out of the window. */
export const dragMessage = { type: 'coverslip:drag' } as const

type Handshake = typeof portsMessage | typeof askMessage | typeof framesMessage | typeof dragMessage

/** True when `data` of a window message has the type of `message`. */
export function isHandshake(data: unknown, message: Handshake): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === message.type
}

/** The item that a `dragMessage` names. */
export function draggedItem(data: unknown): string | undefined {
  if (!isHandshake(data, dragMessage) || typeof data !== 'object' || data === null) return undefined
  return 'id' in data && typeof data.id === 'string' ? data.id : undefined
}
