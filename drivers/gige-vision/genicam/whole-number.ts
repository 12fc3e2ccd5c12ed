import { descriptionError } from './description-error.ts'

/**
 * `value` as a signed 64-bit integer, without its fraction.
 * @throws DEVICE_FAILED for a float that is not finite; `node` is who needs it.
 */
export function wholeNumber(value: bigint | number, node: string): bigint {
  if (typeof value === 'bigint') return value
  if (!Number.isFinite(value)) throw descriptionError(node, `it needs an integer, and there is ${value}`)
  return BigInt.asIntN(64, BigInt(Math.trunc(value)))
}
