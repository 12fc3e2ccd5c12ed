/**
 * The fastest format: `<name>.raw` holds the frames one after the other as they lay in memory (rows without padding,
 * little endian), `<name>.json` says what they are; frame k of the file is line `place` k of `frames.jsonl`.
 */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { imageBytes, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { AppendFile, writeFailure } from './append-file.ts'
import {
  type DatasetLayout,
  type DatasetWriter,
  isLarge,
  type OpenDataset,
  type StoredFrame,
} from './dataset-writer.ts'

/** Begins `<name>.raw`, when `<name>.json` has been written. @throws CoverslipError DATA_FOLDER */
export const openRaw: OpenDataset = async (folder, layout) => {
  const description = await AppendFile.create(join(folder, `${layout.name}.json`))
  await description.append([Buffer.from(`${JSON.stringify(rawDescription(layout), undefined, 2)}\n`)])
  await description.close()
  const direct = isLarge(layout)
  return new RawWriter(await AppendFile.create(join(folder, `${layout.name}.raw`), { direct }))
}

/** How many whole frames lie in `folder`; none where the file is gone. @throws CoverslipError DATA_FOLDER */
export async function rawFramesIn(folder: string, { name, image }: DatasetLayout): Promise<number> {
  const path = join(folder, `${name}.raw`)
  try {
    const { size } = await lstat(path)
    return Math.floor(size / imageBytes(image.pixelFormat, image.width, image.height))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw writeFailure(path, error)
  }
}

/** What `<name>.json` says: enough for `numpy.fromfile`. */
function rawDescription({ image, axes, ...layout }: DatasetLayout) {
  const { channels, bytesPerSample } = pixelLayout(image.pixelFormat)
  return {
    format: 'coverslip-raw',
    version: 1,
    image: {
      ...image,
      /** As numpy names it. */
      dtype: bytesPerSample === 1 ? 'uint8' : '<u2',
      shape: channels === 1 ? [image.height, image.width] : [image.height, image.width, channels],
      bytesPerFrame: imageBytes(image.pixelFormat, image.width, image.height),
    },
    axes,
    ...layout,
  }
}

class RawWriter implements DatasetWriter {
  readonly #file: AppendFile

  constructor(file: AppendFile) {
    this.#file = file
  }

  write({ pixels }: StoredFrame): Promise<void> {
    return this.#file.append([pixels])
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
