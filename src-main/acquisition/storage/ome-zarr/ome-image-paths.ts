/** Where the images of a dataset lie in it: at the root, in wells of a plate, or one beside the other. */
import type { DatasetLayout, DatasetPosition } from '../dataset-writer.ts'

/** Path of each position's image below the root, with `/`; empty: the root itself. */
type ImagePaths = readonly string[]

/** Plate where every position has a well; otherwise numbered by position, as `bioformats2raw.layout` does. */
export function imagePaths(layout: Pick<DatasetLayout, 'positions' | 'plate'>): ImagePaths {
  const { positions } = layout
  if (isPlate(layout)) {
    const fields = new Map<string, number>()
    return positions.map((position) => {
      const well = wellPath(position)
      const field = fields.get(well) ?? 0
      fields.set(well, field + 1)
      return `${well}/${field}`
    })
  }
  return positions.length > 1 ? positions.map((_, number) => String(number)) : ['']
}

/** Whether it is kept as a plate: of plans with places beside the wells it is not. */
export function isPlate({ plate, positions }: Pick<DatasetLayout, 'positions' | 'plate'>): boolean {
  return plate !== undefined && positions.length > 0 && positions.every(({ well }) => well !== undefined)
}

/** `B/3` */
function wellPath({ well }: DatasetPosition): string {
  return well === undefined ? '' : `${rowName(well.row)}/${well.column + 1}`
}

/** `A` … `Z`, `AA` … */
export function rowName(row: number): string {
  const last = String.fromCodePoint(65 + (row % 26))
  return row < 26 ? last : `${rowName(Math.floor(row / 26) - 1)}${last}`
}
