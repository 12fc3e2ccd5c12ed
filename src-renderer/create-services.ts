import { autoStart } from './actions/auto-start.ts'
import { listenForKeys } from './actions/command-keys.ts'
import { startLive } from './actions/live-actions.ts'
import type { Backend } from './backend/backend.ts'
import { LiveDisplay } from './display/live-display.ts'
import type { Services } from './services.ts'
import { createEngineStore } from './stores/engine-store.ts'
import { followEngine } from './stores/follow-engine.ts'
import { linkDisplay } from './stores/link-display.ts'
import { createSessionStore } from './stores/session-store.ts'
import { createShownStore } from './stores/shown-store.ts'
import { videoSignalling } from './stores/video-signalling.ts'
import { createViewStore } from './stores/view-store.ts'

/** Builds what the page is made of and sets it going; it runs as long as the page is open. */
export function createServices(backend: Backend, page: Window): Services {
  const canvas = page.document.createElement('canvas')
  const engine = createEngineStore()
  const services: Services = {
    backend,
    engine,
    view: createViewStore(() => page.localStorage),
    shown: createShownStore(),
    session: createSessionStore(),
    display: new LiveDisplay(canvas, backend.frameSource, videoSignalling(backend.client, engine)),
    canvas,
  }
  linkDisplay(services)
  autoStart(services, (detector) => void startLive(services, { detector, unasked: true }))
  listenForKeys(services, page)
  const { client } = backend
  void followEngine({ client, store: services.engine, signal: new AbortController().signal })
  return services
}
