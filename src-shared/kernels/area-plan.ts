/** How an axis is reduced: output i is the sum of `taps` samples from `starts[i]` on with their weights. */
export type AxisPlan = {
  readonly taps: number
  readonly starts: Uint32Array<ArrayBuffer>
  /** `taps` for each output, in 1/65536; each output's sum is 65536. */
  readonly weights: Uint16Array<ArrayBuffer>
}

type Size = { readonly width: number; readonly height: number }

/** How an image is reduced by any factor: each new pixel is the mean of the area that it covers. */
export type AreaPlan = { readonly from: Size; readonly to: Size; readonly x: AxisPlan; readonly y: AxisPlan }

/** The plan for these sizes: `previous` itself when it is for the same. */
export function areaPlanFor(
  previous: AreaPlan | undefined,
  { from, to }: { readonly from: Size; readonly to: Size },
): AreaPlan {
  if (previous !== undefined && sameSize(previous.from, from) && sameSize(previous.to, to)) return previous
  return { from, to, x: axisPlan(from.width, to.width), y: axisPlan(from.height, to.height) }
}

/**
 * Reduces `from` samples to `to`.
 * @throws RangeError unless 0 < to < from.
 */
export function axisPlan(from: number, to: number): AxisPlan {
  if (!(to > 0 && to < from)) throw new RangeError(`Cannot reduce ${from} samples to ${to}`)
  const starts = Uint32Array.from({ length: to }, (_, i) => Math.floor((i * from) / to))
  // Positions in units of 1/to of a sample, so that all of them are whole numbers.
  const lastOf = (i: number) => Math.ceil(((i + 1) * from) / to)
  let taps = 0
  for (let i = 0; i < to; i++) taps = Math.max(taps, lastOf(i) - (starts[i] ?? 0))
  const weights = new Uint16Array(to * taps)
  for (let i = 0; i < to; i++) {
    const start = starts[i] ?? 0
    let before = 0
    for (let k = 0; k < taps; k++) {
      const covered = Math.min((start + k + 1) * to, (i + 1) * from) - i * from
      // Rounded sums, not weights, so that nothing is lost.
      const sum = Math.round((65536 * covered) / from)
      weights[i * taps + k] = sum - before
      before = sum
    }
  }
  return { taps, starts, weights }
}

const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height
