/** Commands of the live view, its image and its contrast. */
import type { Refusal } from '../stores/permission.ts'
import { devicesOf, streamOf } from '../stores/selectors.ts'
import { displayOf, patchDisplay } from '../stores/view-store.ts'
import { acts, operates } from './command-refusals.ts'
import type { Command, CommandStores } from './command.ts'
import { selectDetector, selectedDetector, toggleLive } from './live-actions.ts'
import { stopRecording, toggleRecording, whyNotRecord } from './record-actions.ts'
import { snap } from './snap-actions.ts'
import { actualSize, fitImage, zoomBy } from './view-actions.ts'
import { autoContrastOnce, currentWindow, setWindowMode } from './window-actions.ts'

const zoomStep = 1.25

/** What the stream applies, all its viewers see. */
function setsContrast(services: CommandStores): Refusal | undefined {
  return currentWindow(services).appliedBy === 'stream' ? operates(services) : undefined
}

/** Stopping is for whoever operates; starting disturbs nobody. */
function togglesLive(services: CommandStores): Refusal | undefined {
  const live = streamOf(services.engine.getState().streams, selectedDetector(services)) !== undefined
  return live ? operates(services) : acts(services)
}

/** Commands of the live view and its image. */
export const liveCommands: readonly Command[] = [
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
]
