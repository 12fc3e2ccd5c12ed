/** Runs commands by their keys. */
import type { Services } from '../services.ts'
import type { Command } from './command.ts'
import { commands, runCommand } from './commands.ts'

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** The command that `press` runs. `imageFocused`: the keys of the image count too. */
export function commandOf(press: KeyPress, imageFocused: boolean): Command | undefined {
  if (press.altKey) return undefined
  const modified = press.ctrlKey || press.metaKey
  const key = modified ? `mod+${press.key.toLowerCase()}` : press.key
  return commands.find((command) => command.keys.includes(key) && (command.scope === 'page' || imageFocused))
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
    const command = commandOf(event, imageFocused)
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
