/**
 * Gives items of the gallery other names. Only the item's own file or folder is renamed: what lies within a folder keeps
 * its names, by which it finds the rest.
 */
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { safeFileName } from '../new-file.ts'
import { readAcquisitionSummary, summaryName } from '../reading/acquisition-summary.ts'
import { isZarr } from '../reading/open-datasets.ts'
import { readJson } from '../reading/read-json.ts'
import { namesFiles } from '../reading/tiff-file-names.ts'
import { replaceFile } from '../replace-file.ts'
import { type MovableItem, movableItem } from './movable-item.ts'

/** What tells the format; it stays. */
const endingPattern = /(\.ome)?\.[^.]+$/i

/**
 * @param wanted any text; as with recordings, what is no letter or digit becomes `_`.
 * @returns the item's id and name from now on.
 * @throws CoverslipError as `movableItem`; INVALID_INPUT: it is no name, there is something of that name, or the file is
 *   named within files; DATA_FOLDER: the system refuses it
 */
export async function renameItem(
  dataFolder: string,
  id: string,
  wanted: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const item = await movableItem(dataFolder, id)
  const [own = basename(item.path)] = item.files
  const ending = item.type === 'acquisition' ? '' : (endingPattern.exec(own)?.[0] ?? '')
  const stem = stemOf(wanted, ending)
  if (item.type === 'acquisition' && isZarr(stem))
    throw new CoverslipError('INVALID_INPUT', `${stem} would be taken for an OME-Zarr`, {
      hint: 'Choose a name that does not end in .zarr.',
    })
  const name = stem + ending
  const renamed = { id: `${id.slice(0, id.lastIndexOf('/') + 1)}${name}`, name }
  // The title may be another, where the program ended in between.
  if (name === own && name === item.name) return renamed
  if (item.type === 'file' && (await namesFiles(item.path)))
    throw new CoverslipError('INVALID_INPUT', `${own} cannot be renamed: its OME-XML names files`, {
      hint: 'Other programs would not find them any more. Rename its folder in the file manager instead.',
    })
  const files = item.files.map((file) => ({ from: file, to: stem + (endingPattern.exec(file)?.[0] ?? '') }))
  if (item.type === 'acquisition') await renameFolder(item, { from: own, to: stem })
  else await moveAll(item, files)
  return renamed
}

/** The name without `ending`, with which it may have been typed. @throws CoverslipError INVALID_INPUT */
function stemOf(wanted: string, ending: string): string {
  const isWhole = ending !== '' && wanted.toLowerCase().endsWith(ending.toLowerCase())
  const stem = safeFileName(isWhole ? wanted.slice(0, -ending.length) : wanted)
  if (stem !== '') return stem
  throw new CoverslipError('INVALID_INPUT', `“${wanted}” is no name`, {
    hint: 'A name has letters or digits.',
  })
}

type Move = { readonly from: string; readonly to: string }

/** Of an acquisition, with its title: both or neither. @throws CoverslipError DATA_FOLDER */
async function renameFolder({ path, type }: MovableItem, { from, to }: Move): Promise<void> {
  if (from !== to) await moveAll({ path, type }, [{ from, to }])
  const moved = join(dirname(path), to)
  try {
    await writeName(moved, to)
  } catch (error) {
    if (from !== to) await moveAll({ path: moved, type }, [{ from: to, to: from }])
    throw error
  }
}

/** Where one of them cannot be moved, none is. @throws CoverslipError DATA_FOLDER; INVALID_INPUT when a name is taken */
async function moveAll(
  { path, type }: Pick<MovableItem, 'path' | 'type'>,
  moves: readonly Move[],
): Promise<void> {
  const folder = dirname(path)
  const claimed: string[] = []
  const moved: Move[] = []
  try {
    for (const { to } of moves) {
      await claim(join(folder, to), type)
      claimed.push(to)
    }
    for (const move of moves) {
      await rename(join(folder, move.from), join(folder, move.to))
      moved.push(move)
    }
  } catch (error) {
    for (const { from, to } of moved) await rename(join(folder, to), join(folder, from))
    const left = claimed.filter((to) => !moved.some((move) => move.to === to))
    for (const to of left) await unclaim(join(folder, to), type)
    if (error instanceof CoverslipError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new CoverslipError('DATA_FOLDER', `${basename(path)} cannot be renamed: ${reason}`, {
      hint: 'Check that no other program has it open, and that its folder may be changed.',
      cause: error,
    })
  }
}

/** Windows moves no folder over another. */
const movesOverFolders = process.platform !== 'win32'

/**
 * Takes a name that nobody has, by an empty file or folder in whose place the item comes: nothing that is made at that
 * moment is overwritten. What moves no folder over another need not be kept from it.
 * @throws CoverslipError INVALID_INPUT when somebody has it
 */
async function claim(path: string, type: MovableItem['type']): Promise<void> {
  try {
    if (type === 'file') await (await open(path, 'wx')).close()
    else await mkdir(path)
    if (type !== 'file' && !movesOverFolders) await rmdir(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new CoverslipError('INVALID_INPUT', `There is another ${basename(path)}`, {
      hint: 'Choose a different name, or rename or delete that first.',
    })
  }
}

/** Gives up a name that `claim` has taken. */
async function unclaim(path: string, type: MovableItem['type']): Promise<void> {
  if (type === 'file') await rm(path)
  else if (movesOverFolders) await rmdir(path)
}

/** The name in `acquisition.json`, which lists show; of one that is damaged, they show the folder's. */
async function writeName(folder: string, name: string): Promise<void> {
  const file = join(folder, summaryName)
  try {
    await readAcquisitionSummary(folder)
  } catch (error) {
    if (error instanceof CoverslipError) return
    throw error
  }
  // With whatever else stands in it, of other versions too.
  const summary = Object.assign({}, await readJson(file), { name })
  await replaceFile(file, `${JSON.stringify(summary, undefined, 2)}\n`)
}
