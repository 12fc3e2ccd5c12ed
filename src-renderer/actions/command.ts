import type { Services } from '../services.ts'
import type { Refusal } from '../stores/permission.ts'

/** What is needed to know whether a command may be run. */
export type CommandStores = Pick<Services, 'engine' | 'view' | 'shown' | 'pane'>

/** Something that the user can do by a key or in a menu. */
export type Command = {
  readonly id: string
  readonly title: string
  readonly group: 'Live view' | 'Image' | 'Contrast' | 'Views' | 'Stage' | 'Image viewer' | 'Window'
  /** `KeyboardEvent.key` values that run it; `mod+` means Ctrl, or ⌘ on a Mac. */
  readonly keys: readonly string[]
  /** How the help sheet shows the keys, when it is not `keys` themselves. */
  readonly shownKeys?: string
  /**
   * Where its keys work: anywhere on the page; while the live view is on show; only while its image has the focus, as
   * arrows scroll and move elsewhere; or while an item of the gallery is open.
   */
  readonly scope: 'page' | 'live' | 'image' | 'viewer'
  /** Why it may not be run now; absent: it may always. */
  refusal?(services: CommandStores): Refusal | undefined
  /** A key that is held down runs it once, not again and again. */
  readonly once?: true
  run(services: Services, event: { readonly shiftKey: boolean }): void
}
