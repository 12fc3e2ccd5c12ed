/** The list of everything that was kept, in memory; it follows the folder by looking at it again. */
import { setTimeout } from 'node:timers/promises'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { type FoundItem, scanGallery } from './gallery-scan.ts'
import { acquisitionFacts, contentFacts, countedItem, type ItemFacts, plainItem } from './item-facts.ts'

/** A list is as old as this at most, unless something is known to have changed. */
const freshForMs = 2000
/**
 * A search waits so long for files that have not been read yet; they are read on for the next one, unless the search is
 * given up.
 */
const searchWaitMs = 3000
/** Items read at once. */
const atOnce = 16

type Entry = {
  readonly found: FoundItem
  facts: ItemFacts
  /** Whether frames and bytes have been counted for good. */
  counted: boolean
  /** Of files and datasets of others, once a search needed it. */
  lines: readonly string[] | undefined
}

export type ListRequest = {
  readonly search: string
  readonly offset: number
  readonly limit: number
}

type ContentLines = (found: FoundItem) => Promise<readonly string[]>

export class GalleryIndex {
  readonly #dataFolder: string
  readonly #contentLines: ContentLines
  #entries = new Map<string, Entry>()
  /** Newest first. */
  #sorted: readonly Entry[] = []
  #scannedAt = Number.NEGATIVE_INFINITY
  #changes = 0
  #updating: Promise<void> | undefined
  #reading: Reading | undefined

  /** @param contentLines what a file says of itself. */
  constructor(dataFolder: string, contentLines: ContentLines = contentFacts) {
    this.#dataFolder = dataFolder
    this.#contentLines = contentLines
  }

  /** @param signal aborted when nobody waits for it any more: then it rejects with its reason, and reads no further. */
  async list(
    { search, offset, limit }: ListRequest,
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
    const complete = words.length === 0 || (await this.#readLines(signal))
    const fitting = this.#sorted.flatMap((entry) => {
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
    this.#sorted = entries.toSorted(
      (a, b) => b.facts.item.startedAt - a.facts.item.startedAt || (a.found.id < b.found.id ? -1 : 1),
    )
    // What has changed meanwhile is looked for again.
    if (changes === this.#changes) this.#scannedAt = performance.now()
  }

  /** Whether all that there is has been read; what has not goes on being read. */
  async #readLines(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    const unread = this.#sorted.filter(({ lines }) => lines === undefined)
    if (unread.length === 0) return true
    const reading = (this.#reading ??= this.#read(unread))
    reading.waiting += 1
    try {
      const timeout = setTimeout(searchWaitMs, undefined, { ref: false, signal })
      await Promise.race([reading.done, timeout])
    } finally {
      reading.waiting -= 1
      // The others' searches, if there are any, still want it.
      if (signal.aborted && reading.waiting === 0) this.#stop(reading)
    }
    return this.#sorted.every(({ lines }) => lines !== undefined)
  }

  #read(unread: readonly Entry[]): Reading {
    const control = new AbortController()
    const done = inTurns(unread, async (entry) => {
      // What has been read stays for the next search.
      if (!control.signal.aborted) entry.lines = await this.#contentLines(entry.found)
    })
    const reading: Reading = { control, done, waiting: 0 }
    // A failure is told to who waits for it; after that, the next search begins anew.
    const end = () => this.#forget(reading)
    done.then(end, end)
    return reading
  }

  #stop(reading: Reading): void {
    reading.control.abort()
    this.#forget(reading)
  }

  #forget(reading: Reading): void {
    if (this.#reading === reading) this.#reading = undefined
  }
}

/** Files being read for searches. */
type Reading = {
  readonly control: AbortController
  readonly done: Promise<unknown>
  /** Searches that wait for it. */
  waiting: number
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

/** `work` on all, a few at a time, in order. */
async function inTurns<Item, Result>(
  all: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < all.length; i += atOnce)
    results.push(...(await Promise.all(all.slice(i, i + atOnce).map(work))))
  return results
}
