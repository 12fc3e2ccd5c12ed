/** Keeps several large planes from being in memory at once. */
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { Turns } from '../../live-view/turns.ts'
import type { DatasetReader } from '../reading/dataset-reader.ts'

const largeBytes = 64 * 2 ** 20

export class LargePlanes {
  /** Of a plane at full size. */
  readonly #bytes = new WeakMap<DatasetReader, number>()
  readonly #turns = new Turns()

  /** Does `work`, which reads planes at `level`: where they are large, after all that was asked for before. */
  async read<Result>(reader: DatasetReader, level: number, work: () => Promise<Result>): Promise<Result> {
    const bytes = this.#bytes.get(reader) ?? (await planeBytes(reader))
    this.#bytes.set(reader, bytes)
    // Each smaller copy has half the width and half the height.
    return bytes / 4 ** level > largeBytes ? this.#turns.take('large', work) : work()
  }
}

async function planeBytes(reader: DatasetReader): Promise<number> {
  const { width, height, pixelFormat } = await reader.describe()
  return width * height * pixelLayout(pixelFormat).bytesPerPixel
}
