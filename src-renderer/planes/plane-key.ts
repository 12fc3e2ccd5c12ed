import type { PlaneIndex } from '../../src-shared/gallery.ts'

/** A plane of an open item, at one of its sizes. */
export type PlaneAddress = {
  readonly dataset: string
  readonly index: PlaneIndex
  /** Of the smaller copies; 0: the whole. */
  readonly level: number
}

/** The same text for the same plane. */
export function planeKey({ dataset, index, level }: PlaneAddress): string {
  const { t = 0, p = 0, c = 0, z = 0 } = index
  return `${level} ${t} ${p} ${c} ${z} ${dataset}`
}
