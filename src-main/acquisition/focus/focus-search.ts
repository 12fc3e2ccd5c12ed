/**
 * Where to look for the focus next, and where it lies: sharpness as a function of z, without any microscope.
 *
 * A coarse sweep through the whole range finds the peak, finer ones around it follow until the curve is smooth at the
 * distance of their planes, and a parabola through its top gives the focus. Each sweep goes in the same direction, so that
 * the drive always comes from the same side.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type Peak, peakOf, topOf, type FocusSample } from './focus-peak.ts'
import type { Sharpness } from './sharpness.ts'

/** Where a search goes, in the direction of its sweeps, and how closely the first goes through it. */
export type SweepRange = {
  /** Where sweeps begin and end, µm; `toUm` may be the lower one. Nothing outside is gone to. */
  readonly fromUm: number
  readonly toUm: number
  /** Distance of the planes of the first sweep, µm. */
  readonly stepUm: number
}

/** The focus, as a search has found and confirmed it. */
export type FocusFound = {
  readonly zUm: number
  /** Sharpness there. */
  readonly score: number
}

/** Intervals of a finer sweep; it spans this many around the peak of the sweep before. */
const fineIntervals = 8
/** Finer sweeps that follow the coarse one, at most; each has planes at least twice as close. */
const mostSweeps = 6
/** No closer planes than these, µm: less than the depth of field of any light microscope. */
const finestUm = 0.02
/** The curve is smooth at the distance of its planes where the neighbours of the highest are that high. */
const smoothShare = 0.8
/** What must be left of the height when the drive stands in the focus that was found. */
const confirmedShare = 0.5

/**
 * Yields the planes (z, µm) to measure, one after the other, and takes the sharpness in each; returns the focus when the
 * last plane that it has yielded is the focus.
 * @throws CoverslipError NO_FOCUS: what the curve lacks, and what to do about it.
 */
export function* focusSearch(range: SweepRange): Generator<number, FocusFound, Sharpness> {
  const coarse = yield* sweep(planesBetween(range.fromUm, range.toUm, range.stepUm))
  const rough = peakOf(coarse)
  let spacing = distance(coarse)
  let zUm = rough.best.zUm
  let halfUm = Math.max(spacing, rough.halfWidthUm)
  for (let sweeps = 0; sweeps < mostSweeps; sweeps++) {
    const fine = yield* sweep(planesAround(zUm, halfUm, range))
    spacing = distance(fine)
    const top = topOf(fine, rough)
    zUm = top.zUm
    if (top.isAtEdge) continue
    if (top.neighbourShare >= smoothShare || spacing <= finestUm) break
    halfUm = 2 * spacing
  }
  const [last] = yield* sweep([zUm])
  if (last === undefined) throw new RangeError('A sweep of one plane has one sample')
  confirm(last, rough)
  return { zUm, score: last.score }
}

function* sweep(planes: readonly number[]): Generator<number, readonly FocusSample[], Sharpness> {
  const samples: FocusSample[] = []
  for (const zUm of planes) samples.push({ zUm, ...(yield zUm) })
  return samples
}

/** How many planes the first sweep has. */
export function coarsePlanes({ fromUm, toUm, stepUm }: SweepRange): number {
  return Math.max(4, Math.ceil(Math.abs(toUm - fromUm) / stepUm - 1e-9)) + 1
}

function planesBetween(fromUm: number, toUm: number, stepUm: number): readonly number[] {
  const count = coarsePlanes({ fromUm, toUm, stepUm })
  return evenly(fromUm, toUm, count - 1)
}

/** From `halfUm` before `zUm` to as much after it, in the direction of the range, as far as it goes. */
function planesAround(zUm: number, halfUm: number, { fromUm, toUm }: SweepRange): readonly number[] {
  const [low, high] = [Math.min(fromUm, toUm), Math.max(fromUm, toUm)]
  const [bottom, top] = [Math.max(low, zUm - halfUm), Math.min(high, zUm + halfUm)]
  return fromUm <= toUm ? evenly(bottom, top, fineIntervals) : evenly(top, bottom, fineIntervals)
}

function evenly(fromUm: number, toUm: number, intervals: number): readonly number[] {
  return Array.from({ length: intervals + 1 }, (_, i) => fromUm + ((toUm - fromUm) * i) / intervals)
}

function distance([first, second]: readonly FocusSample[]): number {
  return first === undefined || second === undefined ? 0 : Math.abs(second.zUm - first.zUm)
}

/** @throws CoverslipError NO_FOCUS when the image is not as sharp as it was when the drive came by */
function confirm({ score }: FocusSample, { base, height }: Peak): void {
  if (score - base >= confirmedShare * height) return
  throw new CoverslipError('NO_FOCUS', 'The image is not sharp where the sharpest was seen', {
    hint: 'The specimen or the focus drive may have moved meanwhile: try again.',
  })
}
