/** What is being exported, if anything is. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CallFailure } from '../backend/call-failure.ts'
import type { ExportChoices } from '../export/export-choices.ts'
import type { ViewerState } from './viewer-store.ts'

/** How far the dialog is. */
export type ExportPhase =
  | { readonly phase: 'closed' }
  | { readonly phase: 'opening' }
  /** The item cannot be opened. */
  | { readonly phase: 'refused'; readonly failure: CallFailure }
  /** `choices`, `failure`: of the export before. */
  | {
      readonly phase: 'choosing'
      readonly subject: ExportSubject
      readonly choices?: ExportChoices
      readonly failure?: CallFailure
    }
  | {
      readonly phase: 'running'
      readonly subject: ExportSubject
      readonly progress: ExportProgress
      cancel(): void
    }
  | {
      readonly phase: 'done'
      readonly subject: ExportSubject
      readonly choices: ExportChoices
      readonly result: ExportResult
    }

/** An open item, and which of its images are seen how. */
export type ExportSubject = { readonly id: string; readonly state: ViewerState }

/** Pictures of the export that are in its file. */
export type ExportProgress = {
  readonly done: number
  readonly total: number
  /** Absent until it can be told. */
  readonly secondsLeft?: number
}

/** The file that has been made. */
export type ExportResult = {
  readonly fileName: string
  readonly bytes: number
  readonly pictures: number
  /** Places without any image, which were left out. */
  readonly missing: number
  /** How long a video is, s. */
  readonly playsS: number | undefined
  /** It went to the browser's downloads, not into a file that the user chose. */
  readonly downloaded: boolean
}

export type ExportStore = StoreApi<ExportPhase>

/** Of a dialog that is closed. */
export function createExportStore(): ExportStore {
  return createStore<ExportPhase>(() => ({ phase: 'closed' }))
}
