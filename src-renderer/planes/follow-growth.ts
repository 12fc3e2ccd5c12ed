/** An open item that is still being acquired gets longer. */
import type { EngineStore } from '../stores/engine-store.ts'
import type { Viewer } from '../viewer.ts'

/** An item that has more frames is looked at again so often, ms. */
const lookAgainMs = 1000
/** And one that tells of no more after so many times: frames are told of a moment before they can be read. */
const patience = 3

/** What tells of changes, and what shows them. */
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
  let seen: number | undefined
  let waited = 0
  const look = async () => {
    looking = true
    await viewer.refresh()
    looking = false
  }
  const timer = setInterval(() => {
    const { recording, acquisition } = engine.getState()
    const status = [recording, acquisition].find(
      (each) => each?.id === viewer.id && each.state !== 'finished',
    )
    // Over a slow line the answer before may still be on its way.
    if (status === undefined || looking) return
    waited += 1
    if (status.frames.written === seen && waited < patience) return
    seen = status.frames.written
    waited = 0
    void look()
  }, lookAgainMs)
  const forget = engine.subscribe(({ galleryChanges }, before) => {
    if (galleryChanges !== before.galleryChanges) void viewer.refresh()
  })
  return () => {
    clearInterval(timer)
    forget()
  }
}
