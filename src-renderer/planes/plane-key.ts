import type { PlaneIndex, ZProjection } from '../../src-shared/gallery.ts'

/** A plane of an open item, at one of its sizes. */
export type PlaneAddress = {
  readonly dataset: string
  readonly index: PlaneIndex
  /** Of the smaller copies; 0: the whole. */
  readonly level: number
  /** The whole stack as one plane, wherever `index.z` is. */
  readonly zProjection?: ZProjection | undefined
}

/** The same text for the same plane. */
export function planeKey({ dataset, index, level, zProjection }: PlaneAddress): string {
  const { t = 0, p = 0, c = 0, z = 0 } = index
  return `${level} ${t} ${p} ${c} ${zProjection ?? z} ${dataset}`
}
