import { tellTooLarge, tellUnreadable } from './actions/plan-actions.ts'
import { autoStart } from './actions/auto-start.ts'
import { listenForKeys } from './actions/command-keys.ts'
import { startLive } from './actions/live-actions.ts'
import { forgetLostCalls } from './actions/record-actions.ts'
import type { Backend } from './backend/backend.ts'
import { Panes } from './panes.ts'
import { Thumbnails } from './planes/thumbnails.ts'
import { createEngineStore } from './stores/engine-store.ts'
import { followEngine } from './stores/follow-engine.ts'
import { forgetNotices } from './stores/forget-notices.ts'
import { forgetStrangers } from './stores/forget-strangers.ts'
import { createExportStore } from './stores/export-store.ts'
import { createGalleryStore } from './stores/gallery-store.ts'
import { Overview } from './stores/overview.ts'
import { createPlanDraftStore } from './stores/plan-draft-store.ts'
import { createSessionStore } from './stores/session-store.ts'
import { createViewStore } from './stores/view-store.ts'
import { createViewingStore } from './viewer.ts'

/** As large as the gallery shows them, on screens of twice the density. */
const thumbnailPx = 400

/** Builds what the page is made of and sets it going; it runs as long as the page is open. */
export function createPanes(backend: Backend, page: Window): Panes {
  const engine = createEngineStore()
  const view = createViewStore(() => page.localStorage)
  forgetStrangers({ engine, view })
  const session = createSessionStore()
  forgetNotices(engine, session)
  forgetLostCalls({ engine, session })
  const plan = createPlanDraftStore(() => page.localStorage, {
    onTooLarge: () => tellTooLarge(session),
    onUnreadable: (keptAs) => tellUnreadable(session, keptAs),
  })
  const gallery = createGalleryStore()
  const viewing = createViewingStore()
  const overview = new Overview()
  const exporting = createExportStore()
  const thumbnails = new Thumbnails({
    fetch: (id, signal) => backend.client.gallery.thumbnail({ id, maxSize: thumbnailPx }, { signal }),
    createUrl: (picture) => URL.createObjectURL(picture),
    revokeUrl: (url) => URL.revokeObjectURL(url),
  })
  const services = { backend, engine, view, session, plan, overview, gallery, viewing, thumbnails, exporting }
  const panes = new Panes(services, page.document)
  autoStart({ engine, view }, (detector) => void startLive(panes.active, { detector, unasked: true }))
  listenForKeys(() => panes.active, page)
  const { client } = backend
  void followEngine({ client, store: engine, signal: new AbortController().signal })
  return panes
}
