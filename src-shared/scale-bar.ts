/** A scale bar's length on the specimen, and how it is written. */
export type ScaleBarLength = { readonly lengthUm: number; readonly label: string }

/** The longest round length (1, 2 or 5 times a power of ten µm) of at most `maxUm`, which is above 0. */
export function scaleBarLength(maxUm: number): ScaleBarLength {
  const exponent = Math.floor(Math.log10(maxUm))
  const mantissa = maxUm / 10 ** exponent
  const round = mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1
  // Dividing by a power of ten is exact where multiplying by a negative one is not (5 / 10, not 5 * 0.1).
  const lengthUm = exponent < 0 ? round / 10 ** -exponent : round * 10 ** exponent
  return { lengthUm, label: lengthLabel(lengthUm) }
}

/** `500 nm`, `20 µm`, `2 mm`. */
function lengthLabel(lengthUm: number): string {
  if (lengthUm >= 1000) return `${Number((lengthUm / 1000).toPrecision(3))} mm`
  if (lengthUm < 1) return `${Number((lengthUm * 1000).toPrecision(3))} nm`
  return `${Number(lengthUm.toPrecision(3))} µm`
}
