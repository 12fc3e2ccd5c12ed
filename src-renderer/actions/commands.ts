/** What can be done by a key or from the command palette: one list for the keys, the palette and the help sheet. */
import type { Services } from '../services.ts'
import type { EngineState } from '../stores/engine-state.ts'
import { isOwner, mayOperate, type Refusal, whyNotAct, whyNotOperate } from '../stores/permission.ts'
import { devicesOf, streamOf, xyStage } from '../stores/selectors.ts'
import { displayOf, patchDisplay, patchPanels } from '../stores/view-store.ts'
import { acquireCommands } from './acquire-commands.ts'
import type { Command, CommandStores } from './command.ts'
import { releaseControl, takeControl, tellRefusal } from './control-actions.ts'
import { applyPreset } from './device-actions.ts'
import { showGallery } from './gallery-actions.ts'
import { toggleFocusSearch } from './focus-actions.ts'
import { openSearch, showDevices, showLive } from './hardware-actions.ts'
import { layoutCommands } from './layout-commands.ts'
import { selectDetector, selectedDetector, toggleLive } from './live-actions.ts'
import { stopRecording, toggleRecording, whyNotRecord } from './record-actions.ts'
import { snap } from './snap-actions.ts'
import { jog } from './stage-actions.ts'
import { actualSize, fitImage, pan, zoomBy } from './view-actions.ts'
import { viewerCommands } from './viewer-commands.ts'
import { autoContrastOnce, currentWindow, setWindowMode } from './window-actions.ts'

const zoomStep = 1.25
const panStepPx = 60
/** Shift makes steps ten times as large. */
const largeStep = 10

const operates = ({ engine }: CommandStores) => whyNotOperate(engine.getState())
const acts = ({ engine }: CommandStores) => whyNotAct(engine.getState())

const forOwners: Refusal = { reason: 'Only whoever sits at the microscope shares it.', askable: false }
const owns = ({ engine }: CommandStores) => (isOwner(engine.getState()) ? undefined : forOwners)

/** What the stream applies, all its viewers see. */
function setsContrast(services: CommandStores): Refusal | undefined {
  return currentWindow(services).appliedBy === 'stream' ? operates(services) : undefined
}

/** Stopping is for whoever operates; starting disturbs nobody. */
function togglesLive(services: CommandStores): Refusal | undefined {
  const live = streamOf(services.engine.getState().streams, selectedDetector(services)) !== undefined
  return live ? operates(services) : acts(services)
}

/** Whether keys move the stage: who may not, pans the image by them. */
function movesStage(state: EngineState): boolean {
  return xyStage(state.devices) !== undefined && mayOperate(state)
}

function arrow(title: string, key: string, x: number, y: number): Command {
  return {
    id: `stage-${key}`,
    title,
    group: 'Stage',
    keys: [key],
    scope: 'image',
    run: (services, { shiftKey }) => {
      const factor = shiftKey ? largeStep : 1
      if (movesStage(services.engine.getState())) jog(services, { x: x * factor, y: y * factor })
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
    refusal: operates,
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
    once: true,
    refusal: togglesLive,
    run: (services) => void toggleLive(services),
  },
  {
    id: 'snap',
    title: 'Snap: take one image and keep it',
    group: 'Live view',
    keys: [],
    scope: 'page',
    refusal: operates,
    run: (services) => void snap(services),
  },
  {
    id: 'record',
    title: 'Record: start a recording, begin one that waits, or end it',
    group: 'Live view',
    keys: ['r'],
    scope: 'page',
    once: true,
    refusal: ({ engine }) => whyNotRecord(engine.getState()),
    run: (services) => void toggleRecording(services),
  },
  {
    id: 'stop-recording',
    title: 'Record: end the recording, or do not wait any longer',
    group: 'Live view',
    keys: [],
    scope: 'page',
    refusal: acts,
    run: (services) => void stopRecording(services),
  },
  {
    id: 'next-camera',
    title: 'Show the next camera',
    group: 'Live view',
    keys: ['c'],
    scope: 'live',
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
    scope: 'live',
    run: fitImage,
  },
  {
    id: 'actual-size',
    title: 'One image pixel per screen pixel',
    group: 'Image',
    keys: ['1'],
    scope: 'live',
    run: actualSize,
  },
  {
    id: 'zoom-in',
    title: 'Zoom in',
    group: 'Image',
    keys: ['+', '='],
    scope: 'live',
    run: (services) => zoomBy(services, zoomStep),
  },
  {
    id: 'zoom-out',
    title: 'Zoom out',
    group: 'Image',
    keys: ['-', '_'],
    scope: 'live',
    run: (services) => zoomBy(services, 1 / zoomStep),
  },
  {
    id: 'auto-once',
    title: 'Auto-contrast once',
    group: 'Contrast',
    keys: ['a'],
    scope: 'live',
    refusal: setsContrast,
    run: autoContrastOnce,
  },
  {
    id: 'auto-follow',
    title: 'Auto-contrast continuously, on or off',
    group: 'Contrast',
    keys: ['A'],
    shownKeys: 'Shift A',
    scope: 'live',
    refusal: setsContrast,
    run: (services) => setWindowMode(services, currentWindow(services).mode === 'auto' ? 'manual' : 'auto'),
  },
  {
    id: 'saturation',
    title: 'Mark saturated pixels, on or off',
    group: 'Contrast',
    keys: ['s'],
    scope: 'live',
    run: (services) => {
      const detector = selectedDetector(services)
      if (detector === undefined) return
      const { view, pane } = services
      const { markSaturated } = displayOf(view.getState(), pane, detector)
      patchDisplay(view, { pane, detector }, { markSaturated: !markSaturated })
    },
  },
  ...layoutCommands,
  ...viewerCommands,
  arrow('Stage left (pan without a stage)', 'ArrowLeft', -1, 0),
  arrow('Stage right', 'ArrowRight', 1, 0),
  arrow('Stage up', 'ArrowUp', 0, -1),
  arrow('Stage down', 'ArrowDown', 0, 1),
  focusKey('Focus up', 'PageUp', 1),
  focusKey('Focus down', 'PageDown', -1),
  {
    id: 'find-focus',
    title: 'Find the focus by the image, or end the search',
    group: 'Stage',
    keys: ['F'],
    shownKeys: 'Shift F',
    scope: 'live',
    refusal: operates,
    run: (services) => void toggleFocusSearch(services),
  },
  {
    id: 'show-live',
    title: 'Live view',
    group: 'Window',
    keys: ['L'],
    shownKeys: 'Shift L',
    scope: 'page',
    run: showLive,
  },
  ...acquireCommands,
  {
    id: 'show-gallery',
    title: 'Gallery',
    group: 'Window',
    keys: ['G'],
    shownKeys: 'Shift G',
    scope: 'page',
    run: showGallery,
  },
  {
    id: 'show-devices',
    title: 'Devices',
    group: 'Window',
    keys: ['D'],
    shownKeys: 'Shift D',
    scope: 'page',
    run: (services) => showDevices(services),
  },
  {
    id: 'find-cameras',
    title: 'Find cameras',
    group: 'Window',
    keys: [],
    scope: 'page',
    refusal: operates,
    run: openSearch,
  },
  {
    id: 'check-up',
    title: 'Check-up: what keeps hardware from working',
    group: 'Window',
    keys: [],
    scope: 'page',
    refusal: acts,
    run: (services) => showDevices(services, { kind: 'check-up' }),
  },
  {
    id: 'left-panel',
    title: 'Show or hide the left panel',
    group: 'Window',
    keys: ['['],
    scope: 'live',
    run: ({ view }) => patchPanels(view, { leftOpen: !view.getState().panels.leftOpen }),
  },
  {
    id: 'right-panel',
    title: 'Show or hide the right panel',
    group: 'Window',
    keys: [']'],
    scope: 'live',
    run: ({ view }) => patchPanels(view, { rightOpen: !view.getState().panels.rightOpen }),
  },
  {
    id: 'image-only',
    title: 'Image only, on or off',
    group: 'Window',
    keys: ['\\'],
    scope: 'live',
    run: ({ view }) => {
      const { leftOpen, rightOpen } = view.getState().panels
      patchPanels(view, { leftOpen: !(leftOpen || rightOpen), rightOpen: !(leftOpen || rightOpen) })
    },
  },
  {
    id: 'share',
    title: 'Share the microscope with others',
    group: 'Window',
    keys: [],
    scope: 'page',
    refusal: owns,
    run: ({ session }) => session.setState({ openSheet: 'share' }),
  },
  {
    id: 'take-control',
    title: 'Take control',
    group: 'Window',
    keys: [],
    scope: 'page',
    refusal: acts,
    run: (services) => void takeControl(services),
  },
  {
    id: 'release-control',
    title: 'Release control',
    group: 'Window',
    keys: [],
    scope: 'page',
    refusal: acts,
    run: (services) => void releaseControl(services),
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
      refusal: operates,
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

/** Runs `command`, or says why it may not be run. */
export function runCommand(
  services: Services,
  command: Command,
  event: { readonly shiftKey: boolean },
): void {
  const refusal = command.refusal?.(services)
  if (refusal === undefined) command.run(services, event)
  else tellRefusal(services, command.title, refusal)
}
