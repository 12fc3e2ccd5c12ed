/** `zarr.json` of arrays and groups (Zarr v3, core specification). */
import { join } from 'node:path'
import { replaceFile } from '../../replace-file.ts'
import type { ZarrCompression } from './zarr-array-writer.ts'
import { planeAxes, type PlanePlace, type ZarrGrid } from './zarr-grid.ts'

const zarrJsonName = 'zarr.json'

/** Content of a file, or a part of it. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A group with its attributes. */
export function groupJson(attributes: JsonObject): JsonObject {
  return { zarr_format: 3, node_type: 'group', attributes }
}

/** An array of `lengths` planes, cut as `grid` says. */
export function arrayJson(
  grid: ZarrGrid,
  { lengths, compression }: { readonly lengths: PlanePlace; readonly compression: ZarrCompression },
): JsonObject {
  const { width, height, samples, shardPlanes, bandRows } = grid
  const bands = Math.ceil(height / bandRows)
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: [lengths.t, lengths.c * samples, lengths.z, height, width],
    data_type: grid.bytesPerSample === 1 ? 'uint8' : 'uint16',
    chunk_grid: {
      name: 'regular',
      configuration: {
        chunk_shape: [shardPlanes.t, shardPlanes.c * samples, shardPlanes.z, bands * bandRows, width],
      },
    },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: [1, samples, 1, bandRows, width],
          codecs: chunkCodecs(grid, compression),
          index_codecs: [littleEndian, { name: 'crc32c' }],
          index_location: 'end',
        },
      },
    ],
    dimension_names: [...planeAxes, 'y', 'x'],
    attributes: {},
  }
}

const littleEndian = { name: 'bytes', configuration: { endian: 'little' } }

function chunkCodecs(
  { samples, bytesPerSample }: ZarrGrid,
  compression: ZarrCompression,
): readonly JsonObject[] {
  // Cameras deliver the colours of a pixel side by side: stored as t, z, y, x, c.
  const interleaved = { name: 'transpose', configuration: { order: [0, 2, 3, 4, 1] } }
  const zstd = { name: 'zstd', configuration: { level: 1, checksum: false } }
  return [
    ...(samples === 1 ? [] : [interleaved]),
    bytesPerSample === 1 ? { name: 'bytes' } : littleEndian,
    ...(compression === 'zstd' ? [zstd] : []),
  ]
}

/** Writes `zarr.json` of the node `folder`; as `replaceFile`. @throws CoverslipError DATA_FOLDER */
export function writeZarrJson(
  folder: string,
  json: JsonObject,
  options?: Parameters<typeof replaceFile>[2],
): Promise<void> {
  return replaceFile(join(folder, zarrJsonName), `${JSON.stringify(json, undefined, 2)}\n`, options)
}
