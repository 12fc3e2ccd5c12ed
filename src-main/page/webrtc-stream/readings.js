/** Numbers of the last seconds, and how they are written. */

const keptLatenciesMs = 2000

/** Latencies of the frames shown in the last 2 s. */
export class Latencies {
  #shown = []

  add(latencyMs, atMs) {
    this.#shown.push({ latencyMs, atMs })
    const oldest = atMs - keptLatenciesMs
    while (this.#shown.length > 0 && this.#shown[0].atMs < oldest) this.#shown.shift()
  }

  /** @returns median and 95th percentile, ms; undefined without frames */
  summary(atMs) {
    const recent = this.#shown.filter((shown) => shown.atMs >= atMs - keptLatenciesMs)
    if (recent.length === 0) return undefined
    const sorted = recent.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b)
    const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
    return { medianMs: at(0.5), highMs: at(0.95) }
  }
}

export const none = '–'

/** Thin spaces between number and unit, so that a value never breaks. */
const withUnit = (text, unit) => `${text}\u202f${unit}`

export const write = {
  ms: (value) =>
    value === undefined ? none : withUnit(value < 9.95 ? value.toFixed(1) : value.toFixed(0), 'ms'),
  rate: (value) => (value === undefined ? none : withUnit(value.toFixed(1), 'fps')),
  count: (value) => (value === undefined ? none : value.toLocaleString('en').replaceAll(',', '\u202f')),
  size: ({ width, height }) => (width > 0 ? `${width} × ${height}` : none),
  bits: (perSecond) => {
    if (perSecond === undefined) return none
    const mega = perSecond / 1e6
    return mega >= 0.995
      ? withUnit(mega.toFixed(mega < 9.95 ? 1 : 0), 'Mbit/s')
      : withUnit((perSecond / 1000).toFixed(0), 'kbit/s')
  },
  /** A length, µm. */
  length: (um) => {
    if (um >= 1000) return withUnit(um / 1000, 'mm')
    return um >= 1 ? withUnit(um, 'µm') : withUnit(Math.round(um * 1000), 'nm')
  },
  position: (stage) =>
    ['x', 'y', 'z']
      .filter((axis) => stage[axis] !== undefined)
      .map((axis) => `${axis.toUpperCase()} ${stage[axis].toFixed(1).padStart(9, '\u2007')}`)
      .join('   ') + '\u202fµm',
}

/**
 * The round length (1, 2 or 5 times a power of ten) nearest below a wanted width on the screen.
 * @param umPerPx µm per pixel of the page
 * @returns its length, µm, and width, px
 */
export function scaleBar(umPerPx, wantedPx = 150) {
  const most = umPerPx * wantedPx
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [5, 2, 1].find((value) => value * power <= most) ?? 1
  const um = Number((step * power).toPrecision(3))
  return { um, px: um / umPerPx }
}
