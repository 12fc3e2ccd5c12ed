/** Pictures of the specimen that were seen live, by where they were: what the map of the stage lies on. */

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
/** A picture whose middle is so near to a newer one's, as a share of its size, is replaced by it. */
const samePlace = 0.3

/** The pictures, the newest last; forgotten when the page is closed. */
export class Overview {
  #pictures: readonly OverviewPicture[] = []
  readonly #listeners = new Set<() => void>()

  get pictures(): readonly OverviewPicture[] {
    return this.#pictures
  }

  add(picture: OverviewPicture): void {
    const others = this.#pictures.filter((other) => !isReplaced(other, picture))
    this.#set([...others, picture].slice(-mostPictures))
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

function isReplaced(old: OverviewPicture, fresh: OverviewPicture): boolean {
  const dx = Math.abs(old.leftUm + old.widthUm / 2 - fresh.leftUm - fresh.widthUm / 2)
  const dy = Math.abs(old.topUm + old.heightUm / 2 - fresh.topUm - fresh.heightUm / 2)
  return dx < samePlace * old.widthUm && dy < samePlace * old.heightUm && fresh.widthUm >= 0.5 * old.widthUm
}
