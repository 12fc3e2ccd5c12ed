import type { SharingPatch, SharingState } from '../../src-shared/sharing.ts'

/** Serving other computers, as the contract's calls see it; the server implements it. */
export interface ShareControl {
  state(): SharingState
  on(listener: (state: SharingState) => void): () => void
  /** Changes the settings and obeys them; resolves when that has happened. */
  change(patch: SharingPatch): Promise<SharingState>
  /** Links that open the app with a token's secret. */
  links(secret: string): string[]
}

/** For a host that shares nothing. */
export const nothingShared: ShareControl = {
  state: () => ({ state: 'off' }),
  on: () => () => undefined,
  change: async () => ({ state: 'failed', message: 'This host cannot be shared.' }),
  links: () => [],
}
