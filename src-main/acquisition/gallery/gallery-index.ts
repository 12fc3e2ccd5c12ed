/** The list of everything that was kept, in memory; it follows the folder by looking at it again. */
import type { GalleryItem, GallerySort } from '../../../src-shared/gallery.ts'
import { type FoundItem, scanGallery } from './gallery-scan.ts'
import { inTurns } from './in-turns.ts'
import { acquisitionFacts, contentFacts, countedItem, type ItemFacts, plainItem } from './item-facts.ts'
import { SharedReading } from './shared-reading.ts'
import { sortedEntries } from './sorted-entries.ts'

/** A list is as old as this at most, unless something is known to have changed. */
const freshForMs = 2000

type Entry = {
  readonly found: FoundItem
  facts: ItemFacts
  /** Whether frames and bytes have been counted for good. */
  counted: boolean
  /** Of files and datasets of others, once a search needed it. */
  lines: readonly string[] | undefined
}

/** A page of the list: `limit` items that fit `search`, from number `offset` on in the order `sort`. */
export type ListRequest = {
  readonly search: string
  readonly sort: GallerySort
  readonly offset: number
  readonly limit: number
}

type ContentLines = (found: FoundItem) => Promise<readonly string[]>

export class GalleryIndex {
  readonly #dataFolder: string
  /** What files say of themselves, for searches. */
  readonly #lines: SharedReading<Entry>
  readonly #sizes = new SharedReading<Entry>(async (entry) => void (await counted(entry)))
  #entries = new Map<string, Entry>()
  /** In the orders that were asked for since the folder was looked at; that by size changes meanwhile. */
  #sorted = new Map<GallerySort, readonly Entry[]>()
  #scannedAt = Number.NEGATIVE_INFINITY
  #changes = 0
  #updating: Promise<void> | undefined

  /** @param contentLines what a file says of itself. */
  constructor(dataFolder: string, contentLines: ContentLines = contentFacts) {
    this.#dataFolder = dataFolder
    this.#lines = new SharedReading(async (entry) => {
      entry.lines = await contentLines(entry.found)
    })
  }

  /** @param signal aborted when nobody waits for it any more: then it rejects with its reason, and reads no further. */
  async list(
    { search, sort, offset, limit }: ListRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{
    readonly items: GalleryItem[]
    readonly total: number
    readonly complete: boolean
  }> {
    await this.#update()
    const words = search
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const found = words.length === 0 || (await this.#readLines(signal))
    const complete = (sort !== 'size' || (await this.#readSizes(signal))) && found
    const fitting = this.#inOrder(sort).flatMap((entry) => {
      const hit = matching(entry, words)
      return hit === undefined ? [] : [{ entry, hit }]
    })
    const page = fitting.slice(offset, offset + limit)
    const items = await inTurns(page, async ({ entry, hit }) => {
      const item = await counted(entry)
      return hit.found === undefined ? item : { ...item, found: hit.found }
    })
    return { items, total: fitting.length, complete }
  }

  /** Something has been kept or removed: what was found before is looked for again. */
  invalidate(): void {
    this.#changes += 1
    this.#scannedAt = Number.NEGATIVE_INFINITY
  }

  async #update(): Promise<void> {
    // One that is under way may have begun before the last change; who asked for it learns if it fails.
    await this.#updating?.catch(() => undefined)
    if (performance.now() - this.#scannedAt < freshForMs) return
    this.#updating ??= this.#scan()
      .catch((error: unknown) => {
        this.invalidate()
        throw error
      })
      .finally(() => {
        this.#updating = undefined
      })
    await this.#updating
  }

  async #scan(): Promise<void> {
    const changes = this.#changes
    const found = await scanGallery(this.#dataFolder)
    const entries = await inTurns(found, async (item): Promise<Entry> => {
      const before = this.#entries.get(item.id)
      const same =
        before?.found.changedAt === item.changedAt &&
        before.found.bytes === item.bytes &&
        before.found.type === item.type
      if (before !== undefined && same) return before
      const facts =
        item.type === 'acquisition' ? await acquisitionFacts(item) : { item: plainItem(item), lines: [] }
      return {
        found: item,
        facts,
        counted: false,
        lines: item.type === 'acquisition' ? facts.lines : undefined,
      }
    })
    this.#entries = new Map(entries.map((entry) => [entry.found.id, entry]))
    this.#sorted.clear()
    // What has changed meanwhile is looked for again.
    if (changes === this.#changes) this.#scannedAt = performance.now()
  }

  #inOrder(sort: GallerySort): readonly Entry[] {
    const entries = this.#sorted.get(sort) ?? sortedEntries(this.#entries.values(), sort)
    if (sort !== 'size') this.#sorted.set(sort, entries)
    return entries
  }

  /** Whether all that there is has been read; what has not goes on being read. */
  async #readLines(signal: AbortSignal): Promise<boolean> {
    const unread = () => [...this.#entries.values()].filter(({ lines }) => lines === undefined)
    await this.#lines.wait(unread(), signal)
    return unread().length === 0
  }

  /** Whether the sizes of all that is complete are known. */
  async #readSizes(signal: AbortSignal): Promise<boolean> {
    const uncounted = [...this.#entries.values()].filter((entry) => !entry.counted)
    await this.#sizes.wait(uncounted, signal)
    // What is under way is counted each time.
    return uncounted.every((entry) => entry.counted || entry.facts.item.frames !== undefined)
  }
}

/** With frames and bytes, which change only while it is under way. */
async function counted(entry: Entry): Promise<GalleryItem> {
  const { found, facts } = entry
  if (entry.counted) return facts.item
  const item = await countedItem(found, facts.item)
  entry.facts = { ...facts, item }
  entry.counted = item.finish !== undefined || found.type !== 'acquisition'
  return item
}

/** What an entry was found by; undefined: it does not fit. */
function matching(
  { facts, lines = [] }: Entry,
  words: readonly string[],
): { readonly found: string | undefined } | undefined {
  const { name, id, format, cameras, kind } = facts.item
  const own = [name, id, format, kind, ...cameras].join('\n').toLowerCase()
  let found: string | undefined
  for (const word of words) {
    if (own.includes(word)) continue
    const line = lines.find((one) => one.toLowerCase().includes(word))
    if (line === undefined) return undefined
    found ??= line
  }
  return { found }
}
