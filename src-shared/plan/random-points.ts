/**
 * Random points in an area, the same for the same seed. The numbers are not those of useq-schema, whose generator is
 * numpy's: a plan that must be repeated elsewhere should list its positions.
 */
import type { Point } from './polygon.ts'

/** In which order the points are visited. */
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

/** Tries per point to find a free place, and for all of them: nothing else goes on meanwhile. */
const attemptsPerPoint = 500
const mostAttempts = 300_000

/** Points around [0, 0]; fewer than asked for when no more fit without overlapping. */
export function scatter({ shape, widthUm, heightUm, count, seed, clear }: Area): readonly Point[] {
  const random = mulberry32(seed)
  const points: Point[] = []
  const taken = clear === undefined ? undefined : new TakenPlaces(clear)
  const attempts = Math.min(mostAttempts, count * attemptsPerPoint)
  for (let i = 0; points.length < count && i < attempts; i++) {
    const point = shape === 'ellipse' ? inEllipse(random) : ([random() - 0.5, random() - 0.5] as const)
    const [x, y] = [point[0] * widthUm, point[1] * heightUm]
    if (taken === undefined || taken.take([x, y])) points.push([x, y])
  }
  return points
}

/** Points whose fields of view must not overlap, by cells of that size: only those of neighbouring cells can. */
class TakenPlaces {
  readonly #width: number
  readonly #height: number
  readonly #cells = new Map<string, Point[]>()

  constructor({ widthUm, heightUm }: { readonly widthUm: number; readonly heightUm: number }) {
    this.#width = widthUm
    this.#height = heightUm
  }

  /** False: another point is too near. */
  take([x, y]: Point): boolean {
    const [column, row] = [Math.floor(x / this.#width), Math.floor(y / this.#height)]
    for (let i = column - 1; i <= column + 1; i++)
      for (let j = row - 1; j <= row + 1; j++)
        for (const [px, py] of this.#cells.get(`${i},${j}`) ?? [])
          if (Math.abs(px - x) < this.#width && Math.abs(py - y) < this.#height) return false
    const key = `${column},${row}`
    const cell = this.#cells.get(key) ?? []
    cell.push([x, y])
    this.#cells.set(key, cell)
    return true
  }
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

function distance(a: Point, b: Point): number {
  const x = a[0] - b[0]
  const y = a[1] - b[1]
  return Math.sqrt(x * x + y * y)
}

function nearestNeighbours(points: readonly Point[], startAt: number): readonly Point[] {
  const rest = [...points]
  const path = rest.splice(startAt, 1)
  while (rest.length > 0) {
    const from = path.at(-1) ?? [0, 0]
    let nearest = 0
    let least = Infinity
    rest.forEach((point, i) => {
      const away = distance(from, point)
      if (away >= least) return
      nearest = i
      least = away
    })
    path.push(...rest.splice(nearest, 1))
  }
  return path
}

/** Pairs of points that are compared at most: nothing else goes on meanwhile. */
const mostComparisons = 10_000_000

/** Turns parts of the path round while that shortens it (Croes 1958), or until it has taken too long; the first point stays. */
function twoOpt(points: readonly Point[]): readonly Point[] {
  const path = [...points]
  let comparisons = 0
  for (let improved = true; improved && comparisons < mostComparisons; ) {
    improved = false
    for (let i = 1; i < path.length - 1 && comparisons < mostComparisons; i++) {
      comparisons += path.length - i
      for (let j = i + 1; j < path.length; j++) {
        if (gainOfTurning(path, i, j) <= 1e-9) continue
        turn(path, i, j)
        improved = true
      }
    }
  }
  return path
}

/** By how much the path is shorter when its part from `i` to `j` is gone through backwards. */
function gainOfTurning(path: readonly Point[], i: number, j: number): number {
  const before = path[i - 1]
  const from = path[i]
  const to = path[j]
  if (before === undefined || from === undefined || to === undefined) return 0
  const gain = distance(before, from) - distance(before, to)
  const after = path[j + 1]
  return after === undefined ? gain : gain + distance(to, after) - distance(from, after)
}

/** Turns the part of `path` from `i` to `j` round. */
function turn(path: Point[], i: number, j: number): void {
  const part = path.slice(i, j + 1)
  part.forEach((point, n) => {
    path[j - n] = point
  })
}
