/** Whose smaller copies the thread makes. */
export type PyramidWorkerData = {
  /** Of the acquisition: it holds `acquisition.json`. */
  readonly folder: string
}

/** `rest`: an acquisition needs the disk; `goOn`: it does not any more. */
export type PyramidWorkerMessage = { readonly type: 'rest' | 'goOn' }
