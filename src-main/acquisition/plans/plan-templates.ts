/** Plans that the user keeps: `<data folder>/plans/<name>.json`, files of useq-schema that other programs read too. */
import { access, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { safeFileName } from '../new-file.ts'
import { replaceFile } from '../replace-file.ts'
import { writeFailure } from '../storage/append-file.ts'
import { readPlanText, type WrittenPlan, writePlanText } from './plan-text.ts'

const folderName = 'plans'
const ending = '.json'
/** A plan of 100 000 positions takes 20 MB. */
const mostBytes = 50_000_000
const mostTemplates = 1000

type PlanTemplate = {
  readonly name: string
  /** Unix time, ms. */
  readonly savedAt: number
}

export class PlanTemplates {
  readonly #folder: string | undefined
  /** What is changed, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  /** `dataFolder` undefined: there is no place to keep plans. */
  constructor(dataFolder: string | undefined) {
    this.#folder = dataFolder === undefined ? undefined : join(dataFolder, folderName)
  }

  /** What is kept, by name. Empty without a data folder. */
  async list(): Promise<PlanTemplate[]> {
    const folder = this.#folder
    if (folder === undefined) return []
    const files = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw unreadable(folder, error)
    })
    const names = files.flatMap((file) => {
      const name = file.slice(0, -ending.length)
      return file.endsWith(ending) && isSafe(name) ? [name] : []
    })
    const templates = await Promise.all(
      names
        .toSorted((a, b) => a.localeCompare(b))
        .map(async (name) => {
          try {
            return [{ name, savedAt: (await stat(join(folder, `${name}${ending}`))).mtimeMs }]
          } catch (error) {
            // Removed just now.
            if (isMissing(error)) return []
            throw unreadable(folder, error)
          }
        }),
    )
    return templates.flat()
  }

  /** @throws CoverslipError UNKNOWN_ACQUISITION; INVALID_INPUT when the file is no plan; DATA_FOLDER */
  async get(name: string): Promise<WrittenPlan> {
    const path = this.#path(name)
    try {
      const { size } = await stat(path)
      if (size > mostBytes) throw new CoverslipError('TOO_LARGE', 'It is too large for a plan')
      return await readPlanText(await readFile(path, 'utf8'))
    } catch (error) {
      if (isMissing(error)) throw unknownTemplate(name)
      if (error instanceof CoverslipError) throw brokenTemplate(name, error)
      throw unreadable(path, error)
    }
  }

  /**
   * Keeps `plan`, checked and with every field written.
   * @throws CoverslipError INVALID_INPUT: it is no plan, the name cannot be a file's, or is taken and not to be
   *   replaced; DATA_FOLDER.
   */
  async save(
    name: string,
    plan: Readonly<Record<string, unknown>>,
    { replace }: { readonly replace: boolean },
  ): Promise<void> {
    const path = this.#path(name)
    const text = writePlanText(plan, 'json')
    await this.#inTurn(async () => {
      await mkdir(join(path, '..'), { recursive: true }).catch((error: unknown) => {
        throw writeFailure(path, error)
      })
      if (!replace && (await exists(path))) {
        throw new CoverslipError('INVALID_INPUT', `There is a plan "${name}" already`, {
          hint: 'Choose another name, or replace it.',
          data: { name },
        })
      }
      if ((await this.list()).length >= mostTemplates) {
        throw new CoverslipError('TOO_LARGE', `There are ${mostTemplates} plans already`, {
          hint: 'Remove some that are not needed any more.',
        })
      }
      await replaceFile(path, text)
    })
  }

  /** @throws CoverslipError UNKNOWN_ACQUISITION, DATA_FOLDER */
  async remove(name: string): Promise<void> {
    const path = this.#path(name)
    await this.#inTurn(async () => {
      try {
        await rm(path)
      } catch (error) {
        throw isMissing(error) ? unknownTemplate(name) : writeFailure(path, error)
      }
    })
  }

  #path(name: string): string {
    if (this.#folder === undefined) {
      throw new CoverslipError('DATA_FOLDER', 'There is no data folder to keep plans in', {
        hint: 'Start Coverslip with --data <folder>.',
      })
    }
    const normal = name.normalize('NFC')
    if (isSafe(normal)) return join(this.#folder, `${normal}${ending}`)
    throw new CoverslipError('INVALID_INPUT', `"${name}" cannot be the name of a file`, {
      hint: 'Use letters, digits, spaces, - and _; begin and end with a letter or digit.',
      data: { name },
    })
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(action)
    // Whoever asked hears of a failure; those who come after must not.
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

/** Whether every system takes it as a file's name; spaces are welcome. */
function isSafe(name: string): boolean {
  return name !== '' && safeFileName(name) === name.replaceAll(/[ _]+/g, '_')
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unknownTemplate(name: string): CoverslipError {
  return new CoverslipError('UNKNOWN_ACQUISITION', `There is no plan "${name}"`, {
    hint: 'plans.list tells which there are.',
  })
}

/** A kept plan whose file somebody has changed. */
function brokenTemplate(name: string, { code, message, data }: CoverslipError): CoverslipError {
  return new CoverslipError(code, `The plan "${name}" is not as it was saved. ${message}`, {
    hint: `Mend ${folderName}/${name}${ending} in the data folder, or remove the plan.`,
    ...(data === undefined ? {} : { data }),
  })
}

function unreadable(path: string, error: unknown): CoverslipError {
  const reason = error instanceof Error ? error.message : String(error)
  return new CoverslipError('DATA_FOLDER', `${path} cannot be read: ${reason}`, {
    hint: 'Check the folder’s permissions.',
    cause: error,
  })
}
