/** Runs commands by their keys. */
import type { Services } from '../services.ts'
import type { Command } from './command.ts'
import { commands, runCommand } from './commands.ts'

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** What the keys act on: the page, with the live view on show, with the image focused. Each counts the ones before. */
export type KeyScope = Command['scope']

const scopes: readonly KeyScope[] = ['page', 'live', 'image']

/** The command that `press` runs within `scope`. */
export function commandOf(press: KeyPress, scope: KeyScope): Command | undefined {
  if (press.altKey) return undefined
  const modified = press.ctrlKey || press.metaKey
  const key = modified ? `mod+${press.key.toLowerCase()}` : press.key
  const within = scopes.slice(0, scopes.indexOf(scope) + 1)
  return commands.find((command) => command.keys.includes(key) && within.includes(command.scope))
}

/** True for elements that need the keys themselves. */
function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target.closest('[role="dialog"], [role="listbox"], [role="menu"]') !== null) return true
  return target.matches('input:not([type="checkbox"]):not([type="radio"]), textarea, select')
}

/** Runs commands by their keys, on the pane that is `active`, until the returned end is called. */
export function listenForKeys(active: () => Services, page: Window): () => void {
  function onKeyDown(event: KeyboardEvent) {
    const services = active()
    if (event.defaultPrevented || services.session.getState().openSheet !== undefined) return
    const imageFocused = event.target instanceof HTMLElement && event.target.closest('[data-image]') !== null
    const live = services.view.getState().place === 'live'
    const command = commandOf(event, imageFocused ? 'image' : live ? 'live' : 'page')
    if (
      command === undefined ||
      (takesKeys(event.target) && !command.keys.some((key) => key.startsWith('mod+')))
    )
      return
    event.preventDefault()
    runCommand(services, command, event)
  }
  page.addEventListener('keydown', onKeyDown)
  return () => page.removeEventListener('keydown', onKeyDown)
}
