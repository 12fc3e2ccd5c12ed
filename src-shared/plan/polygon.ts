/** Geometry of the regions that grids are laid over. Points are [x, y] in µm. */

/** A point on the stage. */
export type Point = readonly [x: number, y: number]

/** A rectangle along the stage's axes, µm. */
export type Box = {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The smallest box around the points. */
export function boundsOf(points: readonly Point[]): Box {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) }
}

/** Twice the signed area: positive when the vertices go counter-clockwise (y upwards). */
function doubleArea(points: readonly Point[]): number {
  return edgesOf(points).reduce((sum, [[x0, y0], [x1, y1]]) => sum + x0 * y1 - x1 * y0, 0)
}

/** The sides of a polygon, each from one vertex to the next. */
export function edgesOf(points: readonly Point[]): readonly (readonly [Point, Point])[] {
  return points.map((point, i) => [point, points[(i + 1) % points.length] ?? point])
}

/** Twice the signed area of a triangle: positive when its corners go counter-clockwise. */
export const cross = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

/** The smallest convex polygon around `points` (Andrew's monotone chain), counter-clockwise. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted(([ax, ay], [bx, by]) => ax - bx || ay - by)
  const halfHull = (ordered: readonly Point[]): Point[] => {
    const half: Point[] = []
    for (const point of ordered) {
      while (half.length >= 2) {
        const [before, last] = half.slice(-2)
        if (before === undefined || last === undefined || cross(before, last, point) > 0) break
        half.pop()
      }
      half.push(point)
    }
    half.pop()
    return half
  }
  return [...halfHull(sorted), ...halfHull(sorted.toReversed())]
}

/** How much longer than the offset a mitre may be, as in shapely's `buffer(join_style="mitre")`. */
const mitreLimit = 5

/**
 * The polygon with each side moved outwards by `offsetUm` (inwards when negative), corners mitred and cut off beyond the
 * mitre limit. For polygons that do not cross themselves.
 * @returns undefined when a side would vanish, or point the other way: then it is another shape, or none.
 */
export function offsetPolygon(points: readonly Point[], offsetUm: number): readonly Point[] | undefined {
  const outwards = doubleArea(points) > 0 ? offsetUm : -offsetUm
  const distinct = points.filter(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length] ?? [x, y]
    return x !== nextX || y !== nextY
  })
  const corners = distinct.map((corner, i): readonly [Point, ...Point[]] => {
    const before = distinct.at(i - 1) ?? corner
    const after = distinct[(i + 1) % distinct.length] ?? corner
    const [n0, n1] = [normal(before, corner), normal(corner, after)]
    const along = n0[0] * n1[0] + n0[1] * n1[1]
    const scale = 1 / (1 + along)
    const mitre: Point = [(n0[0] + n1[0]) * scale, (n0[1] + n1[1]) * scale]
    if (Math.hypot(...mitre) <= mitreLimit)
      return [[corner[0] + mitre[0] * outwards, corner[1] + mitre[1] * outwards]]
    const cut = ([x, y]: Point): Point => [corner[0] + x * outwards, corner[1] + y * outwards]
    return [cut(n0), cut(n1)]
  })
  const isKept = distinct.every((corner, i) => {
    const next = (i + 1) % distinct.length
    const [from, to] = [corners[i]?.at(-1) ?? corner, corners[next]?.[0] ?? corner]
    const [ax, ay] = vector(corner, distinct[next] ?? corner)
    const [bx, by] = vector(from, to)
    return ax * bx + ay * by > 0
  })
  return isKept ? corners.flat() : undefined
}

const vector = ([ax, ay]: Point, [bx, by]: Point): Point => [bx - ax, by - ay]

/** Unit normal to the right of the way from `a` to `b`: outwards where the vertices go counter-clockwise. */
function normal([ax, ay]: Point, [bx, by]: Point): Point {
  const length = Math.hypot(bx - ax, by - ay)
  return [(by - ay) / length, -(bx - ax) / length]
}
