import type { AreaPlan } from './area-plan.ts'
import { type KernelBuffer, type KernelMemory, roundedUp } from './kernel-memory.ts'

/** The largest images that will be reduced, and to what width. */
export type AreaLimits = { readonly width: number; readonly height: number; readonly channels: number }

/** Memory that `AreaScratch` takes. */
export function areaScratchBytes(limits: AreaLimits): number {
  const { rows, strip, table } = sizes(limits)
  return roundedUp(rows) + 2 * roundedUp(strip) + 4 * roundedUp(table)
}

/** What the area kernels need besides the image: its plan, and room for eight rows, plain and transposed. */
export class AreaScratch {
  readonly pointers: {
    readonly yStarts: number
    readonly yWeights: number
    readonly xStarts: number
    readonly xWeights: number
    readonly rows: number
    readonly strip: number
    readonly newStrip: number
  }
  readonly #tables: Record<'yStarts' | 'yWeights' | 'xStarts' | 'xWeights', KernelBuffer>
  #loaded: AreaPlan | undefined

  constructor(memory: KernelMemory, limits: AreaLimits) {
    const { rows, strip, table } = sizes(limits)
    this.#tables = {
      yStarts: memory.allocate(table),
      yWeights: memory.allocate(table),
      xStarts: memory.allocate(table),
      xWeights: memory.allocate(table),
    }
    const { yStarts, yWeights, xStarts, xWeights } = this.#tables
    this.pointers = {
      yStarts: yStarts.pointer,
      yWeights: yWeights.pointer,
      xStarts: xStarts.pointer,
      xWeights: xWeights.pointer,
      rows: memory.allocate(rows).pointer,
      strip: memory.allocate(strip).pointer,
      newStrip: memory.allocate(strip).pointer,
    }
  }

  /** Makes `plan` the one in memory. */
  load(plan: AreaPlan): void {
    if (this.#loaded === plan) return
    this.#loaded = plan
    const { yStarts, yWeights, xStarts, xWeights } = this.#tables
    yStarts.bytes.set(bytesOf(plan.y.starts))
    yWeights.bytes.set(bytesOf(plan.y.weights))
    xStarts.bytes.set(bytesOf(plan.x.starts))
    xWeights.bytes.set(bytesOf(plan.x.weights))
  }
}

function sizes({ width, height, channels }: AreaLimits) {
  const samples = Math.ceil((width * channels) / 8) * 8
  const rows = 8 * samples * 2
  return {
    rows,
    // Taps without weight read beyond the last sample: by less than two pixels.
    strip: rows + 2 * channels * 16,
    // An axis has fewer outputs than samples, and less than two taps more per output than samples per output.
    table: 2 * 3 * Math.max(width, height) + 64,
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) =>
  new Uint8Array(buffer, byteOffset, byteLength)
