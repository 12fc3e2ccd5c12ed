/**
 * One JPEG file from strips that were compressed separately, so that several cores can work on one image. Each strip
 * becomes a restart interval (ITU-T T.81, B.2.4.4 and F.1.2.3): the predictors begin anew there, as they do in a file
 * of its own, so its entropy-coded bytes can be used as they are. All strips must have been compressed with the same
 * quality, width and sampling, the standard Huffman tables, and heights of whole MCUs (but for the last).
 */

/** Marker codes of T.81, table B.1. */
const marker = { sof0: 0xc0, sos: 0xda, dri: 0xdd, rst0: 0xd0 } as const
const markersOfRestartCycle = 8
const soiBytes = 2
const eoiBytes = 2
const driBytes = 6

/** MCUs that one restart interval can count. */
const maxRestartInterval = 65_535

/** How an image is cut: every strip but the last has `rows` rows, which are `mcus` MCUs (0: there is one strip only). */
export type StripLayout = { readonly rows: number; readonly mcus: number }

/** Strips as even as whole MCUs allow; one strip where the image is too small, or too large to count in MCUs. */
export function stripLayout(
  image: { readonly width: number; readonly height: number },
  options: { readonly strips: number; readonly mcuPx: number },
): StripLayout {
  const { mcuPx, strips } = options
  const mcuRows = Math.ceil(image.height / strips / mcuPx)
  const mcus = mcuRows * Math.ceil(image.width / mcuPx)
  if (mcuRows * mcuPx >= image.height || mcus > maxRestartInterval) return { rows: image.height, mcus: 0 }
  return { rows: mcuRows * mcuPx, mcus }
}

type Segments = {
  /** Offset of SOF0's marker. */
  readonly frame: number
  /** Offset of SOS' marker, and of the first entropy-coded byte. */
  readonly scan: number
  readonly data: number
}

/** @throws Error when `file` is not a baseline JPEG with one scan. */
function segmentsOf(file: Uint8Array): Segments {
  let frame: number | undefined
  for (let at = soiBytes; at + 4 <= file.length; ) {
    const code = file[at + 1]
    const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0)
    if (code === marker.sof0) frame = at
    if (code === marker.sos && frame !== undefined) return { frame, scan: at, data: at + 2 + length }
    at += 2 + length
  }
  throw new Error('not a baseline JPEG file')
}

/** Bytes that `joinStrips` needs at most. */
export function joinedBytes(strips: readonly Uint8Array[]): number {
  return strips.reduce((sum, { length }) => sum + length, driBytes)
}

/**
 * Writes the joined file to the beginning of `target`.
 * @returns its length in bytes.
 */
export function joinStrips(
  target: Uint8Array,
  strips: readonly Uint8Array[],
  options: { readonly height: number; readonly mcus: StripLayout['mcus'] },
): number {
  const [first] = strips
  if (first === undefined) throw new Error('no strips')
  const { frame, scan, data } = segmentsOf(first)
  target.set(first.subarray(0, scan))
  // SOF0: marker, length, precision, then the number of lines.
  target[frame + 5] = options.height >> 8
  target[frame + 6] = options.height & 0xff
  let at = scan
  target.set([0xff, marker.dri, 0, 4, options.mcus >> 8, options.mcus & 0xff], at)
  at += driBytes
  target.set(first.subarray(scan, data), at)
  at += data - scan
  for (const [index, strip] of strips.entries()) {
    const coded = strip.subarray(segmentsOf(strip).data, strip.length - eoiBytes)
    target.set(coded, at)
    at += coded.length
    const last = index === strips.length - 1
    target.set([0xff, last ? 0xd9 : marker.rst0 + (index % markersOfRestartCycle)], at)
    at += 2
  }
  return at
}
