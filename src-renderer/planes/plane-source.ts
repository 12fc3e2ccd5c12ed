import type { FrameRecord } from '../../src-shared/acquisition/frame-record.ts'
import type { PlaneIndex, SectionCut } from '../../src-shared/gallery.ts'
import type { PlaneAddress } from './plane-key.ts'

type Item = { readonly id: string }
type Abortable = { readonly signal: AbortSignal }

/** Where planes come from: calls of the engine's gallery. */
export interface PlaneSource {
  /** A UC2F packet. Rejects with code UNKNOWN_IMAGE when the plane is not there. */
  plane(input: Item & PlaneAddress, options: Abortable): Promise<Blob>
  /** A part of a cut across a stack. */
  section(
    input: Item & {
      readonly dataset: string
      readonly index: PlaneIndex
      readonly level: number
      readonly cut: SectionCut
      readonly at: number
      readonly z: { readonly from: number; readonly count: number }
    },
    options: Abortable,
  ): Promise<Blob>
  /** What is known of a plane. */
  frames(
    input: Item & { readonly dataset: string; readonly index: PlaneIndex; readonly limit: number },
    options: Abortable,
  ): Promise<{ readonly records: readonly FrameRecord[] }>
}
