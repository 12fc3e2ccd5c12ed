/** `attributes.ome` of plates and wells (OME-Zarr 0.5, "plate" and "well"). */
import type { DatasetLayout } from '../dataset-writer.ts'
import { omeVersion } from './ome-image-attributes.ts'
import { rowName } from './ome-image-paths.ts'
import type { JsonObject } from './zarr-json.ts'

type Plate = NonNullable<DatasetLayout['plate']>

/** @param images paths of those that are there: `<row>/<column>/<field>` */
export function omePlateAttributes(
  { name, rows, columns }: Plate,
  { images, startedAt }: { readonly images: readonly string[]; readonly startedAt: number },
): JsonObject {
  const rowNames = Array.from({ length: rows }, (_, row) => rowName(row))
  const wells = fieldsOfWells(images)
  const fields = Math.max(1, ...[...wells.values()].map(({ length }) => length))
  return {
    version: omeVersion,
    plate: {
      name,
      rows: rowNames.map((row) => ({ name: row })),
      columns: Array.from({ length: columns }, (_, column) => ({ name: String(column + 1) })),
      field_count: fields,
      acquisitions: [{ id: 0, maximumfieldcount: fields, starttime: Math.floor(startedAt / 1000) }],
      wells: [...wells.keys()].map((path) => {
        const [row = '', column] = path.split('/')
        return { path, rowIndex: rowNames.indexOf(row), columnIndex: Number(column) - 1 }
      }),
    },
  }
}

/** @param fields of the well: paths of its images below it */
export function omeWellAttributes(fields: readonly string[]): JsonObject {
  return { version: omeVersion, well: { images: fields.map((path) => ({ acquisition: 0, path })) } }
}

/** Fields by the path of their well. */
export function fieldsOfWells(images: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const wells = new Map<string, string[]>()
  for (const image of images) {
    const slash = image.lastIndexOf('/')
    const well = image.slice(0, slash)
    const fields = wells.get(well) ?? []
    fields.push(image.slice(slash + 1))
    wells.set(well, fields)
  }
  return wells
}
