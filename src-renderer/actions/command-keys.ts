/** Runs commands by their keys. */
import type { Services } from '../services.ts'
import type { Command } from './command.ts'
import { commands, runCommand } from './commands.ts'

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** What the keys act on: the page, the live view on show, its image with the focus, an open item of the gallery. */
export type KeyScope = Command['scope']

/** The scopes whose keys work, the closest first. */
const within: Record<KeyScope, readonly KeyScope[]> = {
  page: ['page'],
  live: ['live', 'page'],
  image: ['image', 'live', 'page'],
  viewer: ['viewer', 'page'],
}

/** The command that `press` runs within `scope`. */
export function commandOf(press: KeyPress, scope: KeyScope): Command | undefined {
  if (press.altKey) return undefined
  const modified = press.ctrlKey || press.metaKey
  const key = modified ? `mod+${press.key.toLowerCase()}` : press.key
  const named = commands.filter((command) => command.keys.includes(key))
  for (const close of within[scope]) {
    const found = named.find((command) => command.scope === close)
    if (found !== undefined) return found
  }
  return undefined
}

/** True for elements that need the keys themselves. */
function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target.closest('[role="dialog"], [role="listbox"], [role="menu"]') !== null) return true
  return target.matches('input:not([type="checkbox"]):not([type="radio"]), textarea, select')
}

function keyScope({ view, viewing }: Services, imageFocused: boolean): KeyScope {
  const { place } = view.getState()
  if (place === 'gallery') return viewing.getState().viewer === undefined ? 'page' : 'viewer'
  // The plan is what the keys are about there, until its live image is chosen.
  if (place === 'acquire') return imageFocused ? 'image' : 'page'
  if (place !== 'live') return 'page'
  return imageFocused ? 'image' : 'live'
}

/** True for elements that the space bar presses. */
function takesSpace(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('button, a, input, summary, [role="button"]') !== null
  )
}

/**
 * Runs commands by their keys, on the pane that is `active`, until the returned end is called. While a modal dialog is
 * open none works, wherever the focus is.
 */
export function listenForKeys(active: () => Services, page: Window): () => void {
  /** The press that came while a modal dialog was open: the dialog may be closed by it before `onKeyDown` hears it. */
  let forDialog: KeyboardEvent | undefined
  function onCapture(event: KeyboardEvent) {
    forDialog = page.document.querySelector('[aria-modal="true"]') === null ? undefined : event
  }
  function onKeyDown(event: KeyboardEvent) {
    const services = active()
    if (event.key === ' ' && takesSpace(event.target)) return
    if (event.defaultPrevented || event === forDialog) return
    const imageFocused = event.target instanceof HTMLElement && event.target.closest('[data-image]') !== null
    const command = commandOf(event, keyScope(services, imageFocused))
    if (
      command === undefined ||
      (takesKeys(event.target) && !command.keys.some((key) => key.startsWith('mod+')))
    )
      return
    event.preventDefault()
    if (!(event.repeat && command.once)) runCommand(services, command, event)
  }
  page.addEventListener('keydown', onCapture, { capture: true })
  page.addEventListener('keydown', onKeyDown)
  return () => {
    page.removeEventListener('keydown', onCapture, { capture: true })
    page.removeEventListener('keydown', onKeyDown)
  }
}
