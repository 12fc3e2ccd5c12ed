/** The peak of sharpness over z: whether there is one, and where its top lies. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Sharpness } from './sharpness.ts'

/** Sharpness in a plane. */
export type FocusSample = Sharpness & { readonly zUm: number }

/** The peak of a whole sweep: how high it is, and how wide. */
export type Peak = {
  readonly best: FocusSample
  /** The least sharpness of the sweep, and how far the best lies above it. */
  readonly base: number
  readonly height: number
  /** From the best to where the curve has come down by half, µm: the mean of both sides. */
  readonly halfWidthUm: number
}

/** A peak rises from the lowest sample by so many standard errors of their images' noise. */
const leastErrors = 6
/** It rises from the median by so many standard deviations of the samples that are not beside it. */
const leastScatters = 8
/** It rises at least by this share of itself: less is what dust on the sensor or vignetting do. */
const leastRise = 0.05
/** Samples away from the peak that are needed to tell their scatter. */
const leastOthers = 5
/** With more saturated pixels than this the brightest parts, which would tell the focus, are cut off. */
const mostSaturated = 0.1
/** The parabola goes through samples above this share of the height, or the three highest. */
const topShare = 0.6

/**
 * The peak of a sweep.
 * @throws CoverslipError NO_FOCUS when it is overexposed, flat or noise only, or highest at its end.
 */
export function peakOf(samples: readonly FocusSample[]): Peak {
  const at = indexOfBest(samples)
  const best = samples[at]
  const lowest = samples.reduce((low, sample) => (sample.score < low.score ? sample : low))
  if (best === undefined) throw new RangeError('A sweep has samples')
  if (samples.every(({ saturated }) => saturated > mostSaturated)) throw overexposed()
  const height = best.score - lowest.score
  const noise = Math.hypot(best.error, lowest.error)
  if (height <= leastErrors * noise || height < leastRise * best.score) throw flat()
  if (best.saturated > mostSaturated) throw overexposed()
  const median = medianOf(samples.map(({ score }) => score))
  if (best.score - median < leastScatters * scatterBeside(samples, at)) throw scattered()
  if (at === 0 || at === samples.length - 1) throw atEnd(samples, best)
  return { best, base: lowest.score, height, halfWidthUm: halfWidth(samples, at, height) }
}

/** The top of a peak, as a finer sweep around it shows it. */
export type Top = {
  readonly zUm: number
  /** The highest sample is the first or the last: the peak may lie beyond. */
  readonly isAtEdge: boolean
  /** How high the lower neighbour of the highest sample is, as a share of the peak's height. */
  readonly neighbourShare: number
}

/** Where the top of the peak lies, by a sweep around it. */
export function topOf(samples: readonly FocusSample[], { base }: Pick<Peak, 'base'>): Top {
  const at = indexOfBest(samples)
  const best = samples[at]
  if (best === undefined) throw new RangeError('A sweep has samples')
  const [before, after] = [samples[at - 1], samples[at + 1]]
  if (before === undefined || after === undefined) return { zUm: best.zUm, isAtEdge: true, neighbourShare: 0 }
  const height = best.score - base
  const share = ({ score }: FocusSample) => (height > 0 ? (score - base) / height : 1)
  const high = samples.filter((sample) => share(sample) >= topShare)
  const top = high.length >= 3 ? high : [before, best, after]
  return {
    zUm: vertexOf(top) ?? best.zUm,
    isAtEdge: false,
    neighbourShare: Math.min(share(before), share(after)),
  }
}

function indexOfBest(samples: readonly FocusSample[]): number {
  return samples.reduce((best, { score }, i) => (score > (samples[best]?.score ?? -Infinity) ? i : best), 0)
}

/** The top of the parabola through `samples` by least squares; undefined: it has none between them. */
function vertexOf(samples: readonly FocusSample[]): number | undefined {
  const zs = samples.map(({ zUm }) => zUm)
  const [low, high] = [Math.min(...zs), Math.max(...zs)]
  const middle = (low + high) / 2
  const scale = (high - low) / 2
  // Of z from -1 to 1, so that the sums are of like size. Normal equations of a + b u + c u².
  const m = [0, 0, 0, 0, 0]
  const r = [0, 0, 0]
  for (const { zUm, score } of samples) {
    const u = (zUm - middle) / scale
    for (let power = 0; power <= 4; power++) m[power] = (m[power] ?? 0) + u ** power
    for (let power = 0; power <= 2; power++) r[power] = (r[power] ?? 0) + score * u ** power
  }
  const [n = 0, u1 = 0, u2 = 0, u3 = 0, u4 = 0] = m
  const [s0 = 0, s1 = 0, s2 = 0] = r
  // Cramer's rule, without the common denominator, which is positive.
  const b = n * (s1 * u4 - s2 * u3) - s0 * (u1 * u4 - u2 * u3) + u2 * (u1 * s2 - u2 * s1)
  const c = n * (u2 * s2 - u3 * s1) - u1 * (u1 * s2 - u2 * s1) + s0 * (u1 * u3 - u2 * u2)
  const u = -b / (2 * c)
  return c < 0 && Math.abs(u) <= 1 ? middle + u * scale : undefined
}

/** Standard deviation of the samples that are not beside the peak, by what each differs from the mean of its neighbours. */
function scatterBeside(samples: readonly FocusSample[], peak: number): number {
  const bends = samples.flatMap((sample, i) => {
    const [before, after] = [samples[i - 1], samples[i + 1]]
    if (before === undefined || after === undefined || Math.abs(i - peak) <= 2) return []
    return [Math.abs(before.score - 2 * sample.score + after.score)]
  })
  if (bends.length < leastOthers) return 0
  // The median is 0.6745 of their standard deviation, which is √6 times that of a sample.
  return medianOf(bends) / 0.6745 / Math.sqrt(6)
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

function halfWidth(samples: readonly FocusSample[], peak: number, height: number): number {
  const best = samples[peak]
  if (best === undefined) return 0
  const half = best.score - height / 2
  const reach = (side: readonly FocusSample[]): number => {
    const end = side.find(({ score }) => score <= half) ?? side.at(-1) ?? best
    return Math.abs(end.zUm - best.zUm)
  }
  return (reach(samples.slice(0, peak).toReversed()) + reach(samples.slice(peak + 1))) / 2
}

function flat(): CoverslipError {
  return new CoverslipError('NO_FOCUS', 'No plane is sharper than the others', {
    hint: 'Check that there is light and a specimen, come closer to the focus by hand, or choose a smaller step.',
  })
}

function scattered(): CoverslipError {
  return new CoverslipError('NO_FOCUS', 'The sharpness goes up and down without a clear peak', {
    hint: 'Use more light or a longer exposure; a specimen that moves cannot be focused on like this.',
  })
}

function overexposed(): CoverslipError {
  return new CoverslipError('NO_FOCUS', 'The image is overexposed', {
    hint: 'Use less light or a shorter exposure.',
  })
}

function atEnd(samples: readonly FocusSample[], { zUm }: FocusSample): CoverslipError {
  const zs = samples.map((sample) => sample.zUm)
  const where = zUm === Math.max(...zs) ? 'upper' : 'lower'
  return new CoverslipError(
    'NO_FOCUS',
    `The image is sharpest at the ${where} end of the range, z = ${rounded(zUm)} µm`,
    { hint: 'The focus may lie beyond it: search again from there, or in a larger range.', data: { zUm } },
  )
}

function rounded(um: number): number {
  return Math.round(um * 100) / 100
}
