/** What can be done by a key or from the command palette: one list for the keys, the palette and the help sheet. */
import type { Services } from '../services.ts'
import { devicesOf, xyStage } from '../stores/selectors.ts'
import { displayOf, patchDisplay, patchPanels } from '../stores/view-store.ts'
import { applyPreset } from './device-actions.ts'
import { selectDetector, selectedDetector, toggleLive } from './live-actions.ts'
import { jog } from './stage-actions.ts'
import { actualSize, fitImage, pan, zoomBy } from './view-actions.ts'
import { autoContrastOnce, currentWindow, setWindowMode } from './window-actions.ts'

export type Command = {
  readonly id: string
  readonly title: string
  readonly group: 'Live view' | 'Image' | 'Contrast' | 'Stage' | 'Window'
  /** `KeyboardEvent.key` values that run it; `mod+` means Ctrl, or ⌘ on a Mac. */
  readonly keys: readonly string[]
  /** How the help sheet shows the keys, when it is not `keys` themselves. */
  readonly shownKeys?: string
  /** Keys that act on the image only while the image has the focus, as arrows scroll and move elsewhere. */
  readonly scope: 'page' | 'image'
  run(services: Services, event: { readonly shiftKey: boolean }): void
}

const zoomStep = 1.25
const panStepPx = 60
/** Shift makes steps ten times as large. */
const largeStep = 10

function arrow(title: string, key: string, x: number, y: number): Command {
  return {
    id: `stage-${key}`,
    title,
    group: 'Stage',
    keys: [key],
    scope: 'image',
    run: (services, { shiftKey }) => {
      const factor = shiftKey ? largeStep : 1
      if (xyStage(services.engine.getState().devices) !== undefined)
        jog(services, { x: x * factor, y: y * factor })
      else pan(services, -x * panStepPx, -y * panStepPx)
    },
  }
}

function focusKey(title: string, key: string, z: number): Command {
  return {
    id: `stage-${key}`,
    title,
    group: 'Stage',
    keys: [key],
    scope: 'image',
    run: (services, { shiftKey }) => jog(services, { z: shiftKey ? z * largeStep : z }),
  }
}

export const commands: readonly Command[] = [
  {
    id: 'toggle-live',
    title: 'Start or stop the live view',
    group: 'Live view',
    keys: ['l'],
    scope: 'page',
    run: (services) => void toggleLive(services),
  },
  {
    id: 'next-camera',
    title: 'Show the next camera',
    group: 'Live view',
    keys: ['c'],
    scope: 'page',
    run: (services) => {
      const cameras = devicesOf(services.engine.getState().devices, 'camera')
      const index = cameras.findIndex((camera) => camera.id === selectedDetector(services))
      const next = cameras[(index + 1) % cameras.length]
      if (next !== undefined && cameras.length > 1) void selectDetector(services, next.id)
    },
  },
  {
    id: 'fit',
    title: 'Fit the image to the window',
    group: 'Image',
    keys: ['f', '0'],
    scope: 'page',
    run: fitImage,
  },
  {
    id: 'actual-size',
    title: 'One image pixel per screen pixel',
    group: 'Image',
    keys: ['1'],
    scope: 'page',
    run: actualSize,
  },
  {
    id: 'zoom-in',
    title: 'Zoom in',
    group: 'Image',
    keys: ['+', '='],
    scope: 'page',
    run: (services) => zoomBy(services, zoomStep),
  },
  {
    id: 'zoom-out',
    title: 'Zoom out',
    group: 'Image',
    keys: ['-', '_'],
    scope: 'page',
    run: (services) => zoomBy(services, 1 / zoomStep),
  },
  {
    id: 'auto-once',
    title: 'Auto-contrast once',
    group: 'Contrast',
    keys: ['a'],
    scope: 'page',
    run: autoContrastOnce,
  },
  {
    id: 'auto-follow',
    title: 'Auto-contrast continuously, on or off',
    group: 'Contrast',
    keys: ['A'],
    shownKeys: 'Shift A',
    scope: 'page',
    run: (services) => setWindowMode(services, currentWindow(services).mode === 'auto' ? 'manual' : 'auto'),
  },
  {
    id: 'saturation',
    title: 'Mark saturated pixels, on or off',
    group: 'Contrast',
    keys: ['s'],
    scope: 'page',
    run: (services) => {
      const detector = selectedDetector(services)
      if (detector === undefined) return
      const { markSaturated } = displayOf(services.view.getState(), detector)
      patchDisplay(services.view, detector, { markSaturated: !markSaturated })
    },
  },
  arrow('Stage left (pan without a stage)', 'ArrowLeft', -1, 0),
  arrow('Stage right', 'ArrowRight', 1, 0),
  arrow('Stage up', 'ArrowUp', 0, -1),
  arrow('Stage down', 'ArrowDown', 0, 1),
  focusKey('Focus up', 'PageUp', 1),
  focusKey('Focus down', 'PageDown', -1),
  {
    id: 'left-panel',
    title: 'Show or hide the left panel',
    group: 'Window',
    keys: ['['],
    scope: 'page',
    run: ({ view }) => patchPanels(view, { leftOpen: !view.getState().panels.leftOpen }),
  },
  {
    id: 'right-panel',
    title: 'Show or hide the right panel',
    group: 'Window',
    keys: [']'],
    scope: 'page',
    run: ({ view }) => patchPanels(view, { rightOpen: !view.getState().panels.rightOpen }),
  },
  {
    id: 'image-only',
    title: 'Image only, on or off',
    group: 'Window',
    keys: ['\\'],
    scope: 'page',
    run: ({ view }) => {
      const { leftOpen, rightOpen } = view.getState().panels
      patchPanels(view, { leftOpen: !(leftOpen || rightOpen), rightOpen: !(leftOpen || rightOpen) })
    },
  },
  {
    id: 'commands',
    title: 'Command palette',
    group: 'Window',
    keys: ['mod+k'],
    scope: 'page',
    run: ({ session }) => session.setState({ openSheet: 'commands' }),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Window',
    keys: ['?'],
    scope: 'page',
    run: ({ session }) => session.setState({ openSheet: 'shortcuts' }),
  },
]

/** Commands that depend on the hardware: one per channel and per camera. For the palette; they have no keys. */
export function hardwareCommands(services: Services): readonly Command[] {
  const { presets, devices } = services.engine.getState()
  return [
    ...presets.map((preset) => ({
      id: `preset-${preset.group}-${preset.name}`,
      title: `${preset.group}: ${preset.name}`,
      group: 'Live view' as const,
      keys: [],
      scope: 'page' as const,
      run: () => void applyPreset(services, preset),
    })),
    ...devicesOf(devices, 'camera').map((camera) => ({
      id: `camera-${camera.id}`,
      title: `Camera: ${camera.description.name}`,
      group: 'Live view' as const,
      keys: [],
      scope: 'page' as const,
      run: () => void selectDetector(services, camera.id),
    })),
  ]
}

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

/** Runs commands by their keys until the returned end is called. */
export function listenForKeys(services: Services, page: Window): () => void {
  function onKeyDown(event: KeyboardEvent) {
    if (event.defaultPrevented || services.session.getState().openSheet !== undefined) return
    const imageFocused = event.target instanceof HTMLElement && event.target.closest('[data-image]') !== null
    const command = commandOf(event, imageFocused)
    if (
      command === undefined ||
      (takesKeys(event.target) && !command.keys.some((key) => key.startsWith('mod+')))
    )
      return
    event.preventDefault()
    command.run(services, event)
  }
  page.addEventListener('keydown', onKeyDown)
  return () => page.removeEventListener('keydown', onKeyDown)
}
