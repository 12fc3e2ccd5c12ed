/** Keeps several large planes from being in memory at once. */
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { DatasetReader } from '../reading/dataset-reader.ts'

const largeBytes = 64 * 2 ** 20

export class LargePlanes {
  /** Of a plane at full size. */
  readonly #bytes = new WeakMap<DatasetReader, number>()
  #last: Promise<unknown> = Promise.resolve()

  /** Does `work`, which reads planes at `level`: where they are large, after all that was asked for before. */
  async read<Result>(reader: DatasetReader, level: number, work: () => Promise<Result>): Promise<Result> {
    const bytes = this.#bytes.get(reader) ?? (await planeBytes(reader))
    this.#bytes.set(reader, bytes)
    // Each smaller copy has half the width and half the height.
    if (bytes / 4 ** level <= largeBytes) return work()
    const turn = this.#last.then(work)
    // Who asked learns of a failure.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Reads as `reader` does, each large plane in its turn: others come between the planes of a stack. */
  inTurns(reader: DatasetReader): Pick<DatasetReader, 'describe' | 'readPlane' | 'readRows'> {
    const { readRows } = reader
    return {
      describe: () => reader.describe(),
      readPlane: (index, level) => this.read(reader, level, () => reader.readPlane(index, level)),
      ...(readRows === undefined
        ? {}
        : { readRows: (index, level, rows) => readRows.call(reader, index, level, rows) }),
    }
  }
}

async function planeBytes(reader: DatasetReader): Promise<number> {
  const { width, height, pixelFormat } = await reader.describe()
  return width * height * planeLayout(pixelFormat).bytesPerPixel
}
