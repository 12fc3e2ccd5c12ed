/** What was told of damaged recordings at starts before, so that each is told of once: `damaged.json` of the data folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { readAtOnce } from '../../open-flags.ts'
import { replaceFile } from '../replace-file.ts'

/** What is wrong, by the recording's place below the recordings folder. */
const toldSchema = z.record(z.string(), z.string())

export class ToldDamages {
  readonly #path: string
  readonly #before: ReadonlyMap<string, string>
  readonly #now = new Map<string, string>()

  private constructor(path: string, before: ReadonlyMap<string, string>) {
    this.#path = path
    this.#before = before
  }

  static async read(dataFolder: string): Promise<ToldDamages> {
    const path = join(dataFolder, 'damaged.json')
    return new ToldDamages(path, new Map(Object.entries(await toldIn(path))))
  }

  /** Takes note of a damage. @returns whether it has not been told of before */
  isNew(place: string, reason: string): boolean {
    this.#now.set(place, reason)
    return this.#before.get(place) !== reason
  }

  /** Keeps what was found now; to be called when all recordings have been looked at. */
  async keep(): Promise<void> {
    const same = this.#now.size === this.#before.size
    if (same && [...this.#now].every(([place, reason]) => this.#before.get(place) === reason)) return
    try {
      await replaceFile(this.#path, `${JSON.stringify(Object.fromEntries(this.#now), undefined, 2)}\n`)
    } catch (error) {
      // Then it is told again at the next start.
      if (!(error instanceof CoverslipError)) throw error
    }
  }
}

/** Nothing where it cannot be read: at worst something is told twice. */
async function toldIn(path: string): Promise<z.infer<typeof toldSchema>> {
  try {
    const told = toldSchema.safeParse(
      JSON.parse(await readFile(path, { encoding: 'utf8', flag: readAtOnce })),
    )
    return told.data ?? {}
  } catch {
    return {}
  }
}
