import type { PreloadAnnouncement } from '../../src-shared/desktop-handshake.ts'
import type { Backend } from './backend.ts'
import { createIpcBackend } from './ipc-backend.ts'
import { createWebBackend } from './web-backend.ts'

declare global {
  interface Window {
    readonly coverslip?: PreloadAnnouncement
  }
}

/** The one place that decides how this page reaches its engine: by the preload if there is one, else over the network. */
export async function chooseBackend(page: Window): Promise<Backend> {
  if (page.coverslip?.transport === 'ipc') return createIpcBackend(page)
  return createWebBackend(page.location.origin)
}
