import { join } from 'node:path'

/** The folder of the dataset `name` in `folder`. */
export const omeZarrPath = (folder: string, name: string): string => join(folder, `${name}.ome.zarr`)
