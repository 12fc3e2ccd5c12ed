/** An open item that is still being acquired gets longer. */
import type { EngineStore } from '../stores/engine-store.ts'
import type { Viewer } from '../viewer.ts'

/** The engine tells of an item's start and end only; meanwhile it is looked at again so often, ms. */
const lookAgainMs = 3000

export type FollowGrowthOptions = {
  readonly engine: EngineStore
  readonly viewer: Pick<Viewer, 'id' | 'refresh'>
}

/**
 * Refreshes the viewer when the gallery changed, and again and again while its item is being acquired.
 * @returns ends it
 */
export function followGrowth({ engine, viewer }: FollowGrowthOptions): () => void {
  let looking = false
  const look = async () => {
    // Over a slow line the answer before may still be on its way.
    if (looking) return
    looking = true
    await viewer.refresh()
    looking = false
  }
  const timer = setInterval(() => {
    const { recording, acquisition } = engine.getState()
    const underWay = [recording, acquisition].some(
      (status) => status?.id === viewer.id && status.state !== 'finished',
    )
    if (underWay) void look()
  }, lookAgainMs)
  const forget = engine.subscribe(({ galleryChanges }, before) => {
    if (galleryChanges !== before.galleryChanges) void viewer.refresh()
  })
  return () => {
    clearInterval(timer)
    forget()
  }
}
