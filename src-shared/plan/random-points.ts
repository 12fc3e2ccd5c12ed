/**
 * Random points in an area, the same for the same seed. The numbers are not those of useq-schema, whose generator is
 * numpy's: a plan that must be repeated elsewhere should list its positions.
 */
import type { Point } from './polygon.ts'

export type VisitOrder = 'two_opt' | 'nearest_neighbor' | 'random'

type Area = {
  readonly shape: 'ellipse' | 'rectangle'
  readonly widthUm: number
  readonly heightUm: number
  readonly count: number
  readonly seed: number
  /** Points must be as far apart as their fields of view need not to overlap; absent: they may overlap. */
  readonly clear?: { readonly widthUm: number; readonly heightUm: number }
}

/** Tries per point to find a free place. */
const attemptsPerPoint = 500

/** Points around [0, 0]; fewer than asked for when no more fit without overlapping. */
export function scatter({ shape, widthUm, heightUm, count, seed, clear }: Area): readonly Point[] {
  const random = mulberry32(seed)
  const points: Point[] = []
  for (let attempts = 0; points.length < count && attempts < count * attemptsPerPoint; attempts++) {
    const point = shape === 'ellipse' ? inEllipse(random) : ([random() - 0.5, random() - 0.5] as const)
    const [x, y] = [point[0] * widthUm, point[1] * heightUm]
    const free =
      clear === undefined ||
      points.every(([px, py]) => Math.abs(px - x) >= clear.widthUm || Math.abs(py - y) >= clear.heightUm)
    if (free) points.push([x, y])
  }
  return points
}

/** Evenly over a disc of diameter 1. */
function inEllipse(random: () => number): Point {
  const angle = random() * 2 * Math.PI
  const radius = Math.sqrt(random()) / 2
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
}

/** Mulberry32 (T. Ettinger): 32 bits of state, enough for places on a slide. @returns 0 to below 1 */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Points in an order of visiting that begins with `points[startAt]`. */
export function inVisitOrder(points: readonly Point[], order: VisitOrder, startAt: number): readonly Point[] {
  const first = points[startAt]
  if (order === 'random' || first === undefined) return points
  const near = nearestNeighbours(points, startAt)
  return order === 'two_opt' ? twoOpt(near) : near
}

const distance = ([ax, ay]: Point, [bx, by]: Point) => Math.hypot(ax - bx, ay - by)

function nearestNeighbours(points: readonly Point[], startAt: number): readonly Point[] {
  const rest = [...points]
  const path = rest.splice(startAt, 1)
  while (rest.length > 0) {
    const from = path.at(-1) ?? [0, 0]
    const nearest = rest.reduce(
      (best, point, i) => (distance(from, point) < distance(from, rest[best] ?? point) ? i : best),
      0,
    )
    path.push(...rest.splice(nearest, 1))
  }
  return path
}

/** Rounds of improvement; each takes the square of the number of points. */
const maxRounds = 50

/** Turns parts of the path round while that shortens it (Croes 1958); the first point stays. */
function twoOpt(points: readonly Point[]): readonly Point[] {
  let path = [...points]
  for (let round = 0; round < maxRounds; round++) {
    let improved = false
    for (let i = 1; i < path.length - 1; i++) {
      for (let j = i + 1; j < path.length; j++) {
        const [before, from, to, after] = [path[i - 1], path[i], path[j], path[j + 1]]
        if (before === undefined || from === undefined || to === undefined) continue
        const now = distance(before, from) + (after === undefined ? 0 : distance(to, after))
        const turned = distance(before, to) + (after === undefined ? 0 : distance(from, after))
        if (turned >= now - 1e-9) continue
        path = [...path.slice(0, i), ...path.slice(i, j + 1).toReversed(), ...path.slice(j + 1)]
        improved = true
      }
    }
    if (!improved) break
  }
  return path
}
