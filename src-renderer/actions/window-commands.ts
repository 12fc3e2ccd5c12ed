/** Commands that show views, panels and dialogs, and those of control. */
import { patchPanels } from '../stores/view-store.ts'
import { acquireCommands } from './acquire-commands.ts'
import { acts, operates, owns } from './command-refusals.ts'
import type { Command } from './command.ts'
import { releaseControl, takeControl } from './control-actions.ts'
import { showGallery } from './gallery-actions.ts'
import { openSearch, showDevices, showLive } from './hardware-actions.ts'

/** Commands of the window: what it shows, and who has control. */
export const windowCommands: readonly Command[] = [
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
