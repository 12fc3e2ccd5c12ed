/** Pictures of the specimen that were seen live, by where they were: what the map of the stage lies on. */

/** An image of the specimen, where it was taken. */
export type OverviewPicture = {
  readonly bitmap: ImageBitmap
  /** Upper left corner and size on the stage, µm; y grows downwards as in the image. */
  readonly leftUm: number
  readonly topUm: number
  readonly widthUm: number
  readonly heightUm: number
}

/** Each takes up to a quarter of a megabyte of the page's memory. */
const mostPictures = 150
/**
 * The pictures, the newest last: each until newer ones cover all of it, or, of very many, the one of which the least is
 * seen. Forgotten when the page is closed.
 */
export class Overview {
  #pictures: readonly OverviewPicture[] = []
  readonly #listeners = new Set<() => void>()

  get pictures(): readonly OverviewPicture[] {
    return this.#pictures
  }

  add(picture: OverviewPicture): void {
    const before = this.#pictures
      .map((old, index, all) => ({ old, seen: shareSeen(old, [...all.slice(index + 1), picture]) }))
      .filter(({ seen }) => seen > 0)
    const least = Math.min(...before.map(({ seen }) => seen))
    if (before.length >= mostPictures)
      before.splice(
        before.findIndex(({ seen }) => seen === least),
        1,
      )
    this.#set([...before.map(({ old }) => old), picture])
  }

  clear(): void {
    this.#set([])
  }

  /** @returns its end */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #set(pictures: readonly OverviewPicture[]): void {
    for (const before of this.#pictures) if (!pictures.includes(before)) before.bitmap.close()
    this.#pictures = pictures
    for (const listener of this.#listeners) listener()
  }
}

/** What of a picture lies beside the newer ones above it, 0–1. */
function shareSeen(old: OverviewPicture, newer: readonly OverviewPicture[]): number {
  let rest = [sidesOf(old)]
  for (const picture of newer) {
    const above = sidesOf(picture)
    rest = rest.flatMap((part) => beside(part, above))
  }
  const area = rest.reduce((sum, part) => sum + (part.right - part.left) * (part.bottom - part.top), 0)
  return area / (old.widthUm * old.heightUm)
}

/** µm. */
type Sides = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function sidesOf({ leftUm, topUm, widthUm, heightUm }: OverviewPicture): Sides {
  return { left: leftUm, top: topUm, right: leftUm + widthUm, bottom: topUm + heightUm }
}

/** The parts of `part` that `above` leaves: over and under it as wide as `part`, left and right of it between those. */
function beside(part: Sides, above: Sides): readonly Sides[] {
  const top = Math.max(part.top, above.top)
  const bottom = Math.min(part.bottom, above.bottom)
  if (top >= bottom || above.left >= part.right || above.right <= part.left) return [part]
  return [
    { ...part, bottom: top },
    { ...part, top: bottom },
    { ...part, top, bottom, right: above.left },
    { ...part, top, bottom, left: above.right },
  ].filter(({ left, top: upper, right, bottom: lower }) => left < right && upper < lower)
}
