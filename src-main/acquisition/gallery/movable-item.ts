/** What may be deleted or renamed: whole items that nothing is written to, where they really are. */
import { lstat, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import {
  type AcquisitionSummary,
  findAcquisitionSummary,
  summaryName,
} from '../reading/acquisition-summary.ts'
import { mayBeUnderWay } from '../recording/may-be-under-way.ts'
import { isZarr } from '../reading/open-datasets.ts'
import { galleryPath, recordingsRoot, unknownImage } from './gallery-path.ts'
import { findItem, type FoundItem, isGone } from './gallery-scan.ts'
import { countedItem, plainItem } from './item-facts.ts'

export type MovableItem = Pick<FoundItem, 'type'> & {
  readonly path: string
  readonly name: string
  /** Undefined where there are too many files to be counted. */
  readonly bytes: number | undefined
  /** In the folder of `path`: the item itself, and what is nothing without it. */
  readonly files: readonly string[]
}

/** While something is recorded its folder changes every few seconds (`DiskWatch`); an interrupted one is silent. */
const silentMs = 60_000
/** One that another Coverslip may be writing has to be silent for longer: its computer's clock may show another time. */
const silentElsewhereMs = 24 * 3_600_000

/**
 * @throws CoverslipError UNKNOWN_IMAGE: there is none, or a link leads to it; INVALID_INPUT: it is part of another item;
 *   ACQUISITION_RUNNING: it is being written
 */
export async function movableItem(dataFolder: string, id: string): Promise<MovableItem> {
  const path = await galleryPath(dataFolder, id)
  const root = await recordingsRoot(dataFolder)
  // A link is not the item that it leads to.
  if (path !== join(root, ...id.split('/').slice(1))) throw unknownImage(id)
  await refusePart(root, path, id)
  const found = await findItem(path, id)
  if (found === undefined) throw unknownImage(id)
  const summary = found.type === 'acquisition' ? await summaryOf(path) : undefined
  if (summary !== undefined && summary.finish === undefined) await refuseUnderWay(path, id, summary)
  const { bytes } = await countedItem(found, plainItem(found))
  const files = [basename(path), ...(await companionsOf(found))]
  return { path, type: found.type, name: summary?.name ?? found.name, bytes, files }
}

/** @throws CoverslipError INVALID_INPUT when the folder of an acquisition, or an OME-Zarr, has it in it */
async function refusePart(root: string, path: string, id: string): Promise<void> {
  for (let folder = dirname(path); folder.startsWith(root + sep); folder = dirname(folder)) {
    if (!isZarr(folder) && !(await exists(join(folder, summaryName)))) continue
    throw new CoverslipError('INVALID_INPUT', `${id} is a part of ${basename(folder)}`, {
      hint: 'Choose that as a whole.',
    })
  }
}

/** Undefined of one that is damaged, which nobody writes. */
async function summaryOf(path: string): Promise<AcquisitionSummary | undefined> {
  try {
    return await findAcquisitionSummary(path)
  } catch (error) {
    if (error instanceof CoverslipError) return undefined
    throw error
  }
}

/** @throws CoverslipError ACQUISITION_RUNNING when another Coverslip may be writing it, or this one was a moment ago */
async function refuseUnderWay(path: string, id: string, summary: AcquisitionSummary): Promise<void> {
  const elsewhere = mayBeUnderWay(summary)
  const silentForMs = Math.abs(Date.now() - (await stat(path)).mtimeMs)
  if (silentForMs >= (elsewhere ? silentElsewhereMs : silentMs)) return
  if (!elsewhere)
    throw new CoverslipError('ACQUISITION_RUNNING', `${id} is being written, or was a moment ago`, {
      hint: 'Stop it first. If it was interrupted, wait for a minute.',
    })
  const where = summary.host === undefined ? 'another Coverslip' : `Coverslip on ${summary.host}`
  throw new CoverslipError('ACQUISITION_RUNNING', `${id} has not been finished by ${where}`, {
    hint: 'Stop it there. If it was interrupted, start this Coverslip again, which completes it, or wait for a day.',
  })
}

/** Of our raw files the description, without which nobody can read them. */
async function companionsOf({ path, type }: FoundItem): Promise<readonly string[]> {
  if (type !== 'file' || !/\.raw$/i.test(path)) return []
  const description = path.replace(/\.raw$/i, '.json')
  return (await exists(description)) ? [basename(description)] : []
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}
