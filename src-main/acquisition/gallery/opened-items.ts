import type { FoundItem } from './gallery-scan.ts'
import { openItem, type OpenedItem } from './open-item.ts'

const mostOpen = 8
/** Files that nobody looks at are closed, so that they can be moved and removed. */
const closeAfterMs = 60_000

type Entry = {
  readonly id: string
  /** Of the item when it was opened: one that has changed is opened anew. */
  readonly changedAt: number
  readonly opened: Promise<OpenedItem>
  /** Not one under way of which a part cannot be read yet: that is opened anew each time. */
  keep: boolean
  users: number
  usedAt: number
}

/** Items that are open: the last few that were looked at. */
export class OpenedItems {
  /** In the order in which they were used last. */
  readonly #open = new Set<Entry>()
  readonly #timer = setInterval(() => void this.#closeIdle(), closeAfterMs / 4).unref()

  /** Does `work` with an item, which stays open meanwhile. @throws as `openItem`, and what `work` throws */
  async use<Result>(found: FoundItem, work: (item: OpenedItem) => Promise<Result>): Promise<Result> {
    const entry = this.#entryOf(found)
    this.#open.delete(entry)
    this.#open.add(entry)
    entry.users += 1
    try {
      const item = await entry.opened
      const { summary, failures } = item
      entry.keep = summary === undefined || summary.finish !== undefined || failures.length === 0
      return await work(item)
    } finally {
      entry.users -= 1
      entry.usedAt = performance.now()
      await this.#closeIdle()
    }
  }

  /** Closes an item that is to be moved. What is being read of it still is, as far as the system lets it. */
  async release(id: string): Promise<void> {
    for (const entry of this.#open) {
      if (entry.id !== id && !entry.id.startsWith(`${id}/`)) continue
      this.#open.delete(entry)
      await closeItem(entry)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const entries = [...this.#open]
    this.#open.clear()
    for (const entry of entries) await closeItem(entry)
  }

  #entryOf({ id, path, type, changedAt }: FoundItem): Entry {
    for (const entry of this.#open) if (entry.id === id && entry.changedAt === changedAt) return entry
    const opened = openItem({ id, path, type })
    const entry: Entry = { id, changedAt, opened, keep: true, users: 0, usedAt: performance.now() }
    // One that could not be opened may be there the next time.
    opened.catch(() => this.#open.delete(entry))
    return entry
  }

  async #closeIdle(): Promise<void> {
    const old = performance.now() - closeAfterMs
    for (const entry of this.#open) {
      if (entry.users > 0) continue
      if (entry.keep && this.#open.size <= mostOpen && entry.usedAt > old) continue
      this.#open.delete(entry)
      await closeItem(entry)
    }
  }
}

async function closeItem({ opened }: Entry): Promise<void> {
  let item: OpenedItem
  try {
    item = await opened
  } catch {
    // It never was open; who asked for it has been told why.
    return
  }
  for (const { reader } of item.datasets) await reader.close()
}
