const stepsPerUnit = 64
const reach = 5
const table = Float32Array.from({ length: reach * stepsPerUnit + 1 }, (_, index) =>
  Math.exp(-((index / stepsPerUnit) ** 2) / 2),
)

/** exp(-x²/2) from a table; 0 beyond 5. */
export function gaussian(x: number): number {
  const index = (Math.abs(x) * stepsPerUnit + 0.5) | 0
  return index < table.length ? (table[index] ?? 0) : 0
}
