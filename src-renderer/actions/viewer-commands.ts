/** Commands of the viewer; they work while an item is open. */
import type { Services } from '../services.ts'
import type { Viewer } from '../viewer.ts'
import { operates } from './command-refusals.ts'
import type { Command } from './command.ts'
import { askToDelete } from './delete-actions.ts'
import { openExport } from './export-actions.ts'
import { closeItem, openNeighbour } from './gallery-actions.ts'
import { actualSize, fitImage, zoomBy } from './view-actions.ts'
import {
  fitAllContrasts,
  nextChannel,
  setComposed,
  setIndex,
  showNewest,
  stepIndex,
  togglePlay,
  toggleMeasuring,
  toggleProjection,
  toggleSaturation,
  toggleSections,
} from './viewer-actions.ts'

const zoomStep = 1.25
/** Shift makes steps ten times as large. */
const largeStep = 10

type ViewerCommand = Pick<Command, 'id' | 'title' | 'keys' | 'shownKeys' | 'once' | 'refusal'> & {
  run(viewer: Viewer, event: { readonly shiftKey: boolean }, services: Services): void
}

const own: readonly ViewerCommand[] = [
  {
    id: 'earlier',
    title: 'Earlier in time',
    keys: ['ArrowLeft'],
    run: (viewer, { shiftKey }) => stepIndex(viewer, 't', shiftKey ? -largeStep : -1),
  },
  {
    id: 'later',
    title: 'Later in time',
    keys: ['ArrowRight'],
    run: (viewer, { shiftKey }) => stepIndex(viewer, 't', shiftKey ? largeStep : 1),
  },
  { id: 'first-time', title: 'First in time', keys: ['Home'], run: (viewer) => setIndex(viewer, 't', 0) },
  { id: 'newest-time', title: 'Newest in time', keys: ['End'], run: showNewest },
  {
    id: 'z-up',
    title: 'Up in the stack',
    keys: ['ArrowUp'],
    run: (viewer, { shiftKey }) => stepIndex(viewer, 'z', shiftKey ? largeStep : 1),
  },
  {
    id: 'z-down',
    title: 'Down in the stack',
    keys: ['ArrowDown'],
    run: (viewer, { shiftKey }) => stepIndex(viewer, 'z', shiftKey ? -largeStep : -1),
  },
  {
    id: 'play',
    title: 'Play or stop',
    keys: [' '],
    shownKeys: 'Space',
    once: true,
    run: (viewer) => togglePlay(viewer),
  },
  {
    id: 'z-projection',
    title: 'Brightest of the whole stack, or one plane',
    keys: ['p'],
    once: true,
    run: toggleProjection,
  },
  {
    id: 'sections',
    title: 'Cuts through the stack (XZ, YZ), or the plane alone',
    keys: ['o'],
    once: true,
    run: toggleSections,
  },
  {
    id: 'measure',
    title: 'Measure a distance, or stop measuring',
    keys: ['d'],
    once: true,
    run: toggleMeasuring,
  },
  { id: 'channel', title: 'Next channel', keys: ['c'], run: nextChannel },
  {
    id: 'compose',
    title: 'All channels together, or one',
    keys: ['m'],
    once: true,
    run: (viewer) => setComposed(viewer, !viewer.store.getState().composed),
  },
  { id: 'viewer-contrast', title: 'Fit contrast to this image', keys: ['a'], run: fitAllContrasts },
  {
    id: 'viewer-saturation',
    title: 'Mark saturated pixels, on or off',
    keys: ['s'],
    once: true,
    run: toggleSaturation,
  },
  {
    id: 'viewer-fit',
    title: 'Fit the image to the window',
    keys: ['0', 'f'],
    run: ({ image }) => fitImage(image),
  },
  {
    id: 'viewer-actual-size',
    title: 'One image pixel per screen pixel',
    keys: ['1'],
    run: ({ image }) => actualSize(image),
  },
  { id: 'viewer-zoom-in', title: 'Zoom in', keys: ['+', '='], run: ({ image }) => zoomBy(image, zoomStep) },
  {
    id: 'viewer-zoom-out',
    title: 'Zoom out',
    keys: ['-', '_'],
    run: ({ image }) => zoomBy(image, 1 / zoomStep),
  },
  {
    id: 'export-item',
    title: 'Export as video or pictures',
    keys: ['e'],
    run: (viewer, _, services) => void openExport(services, viewer.id),
  },
  {
    id: 'previous-item',
    title: 'Previous item of the gallery',
    keys: [','],
    run: (_, __, services) => openNeighbour(services, -1),
  },
  {
    id: 'next-item',
    title: 'Next item of the gallery',
    keys: ['.'],
    run: (_, __, services) => openNeighbour(services, 1),
  },
  {
    id: 'delete-item',
    title: 'Delete this item …',
    keys: ['Delete'],
    once: true,
    refusal: operates,
    run: (viewer, _, services) => {
      const { opened } = viewer.store.getState()
      if (opened !== undefined) askToDelete(services, [opened.item])
    },
  },
  {
    id: 'close-item',
    title: 'Stop measuring, or back to the gallery',
    keys: ['Escape'],
    shownKeys: 'Esc',
    once: true,
    run: (viewer, _, services) => {
      if (viewer.store.getState().measuring) toggleMeasuring(viewer)
      else closeItem(services)
    },
  },
]

export const viewerCommands: readonly Command[] = own.map(({ run, ...command }) => ({
  ...command,
  group: 'Image viewer',
  scope: 'viewer',
  run: (services, event) => {
    const { viewer } = services.viewing.getState()
    if (viewer !== undefined) run(viewer, event, services)
  },
}))
