import type { Layout } from '../stores/panes.ts'
import type { Command } from './command.ts'
import { activateNextPane, addView, nextLayout, setLayout } from './layout-actions.ts'
import { selectedDetector } from './live-actions.ts'

/** What users read of each arrangement. */
export const layoutTitles: Record<Layout, string> = {
  one: 'One view',
  columns: 'Two views side by side',
  rows: 'Two views, one above the other',
  four: 'Four views',
}

function layoutCommand(layout: Layout): Command {
  return {
    id: `layout-${layout}`,
    title: layoutTitles[layout],
    group: 'Views',
    keys: [],
    scope: 'live',
    run: (services) => setLayout(services, layout),
  }
}

/** Commands about the panes of the window. */
export const layoutCommands: readonly Command[] = [
  {
    id: 'next-layout',
    title: 'One, two or four views',
    group: 'Views',
    keys: ['v'],
    scope: 'live',
    run: nextLayout,
  },
  {
    id: 'next-view',
    title: 'Turn to the next view',
    group: 'Views',
    keys: ['n'],
    scope: 'live',
    run: activateNextPane,
  },
  {
    id: 'add-view',
    title: 'Show this camera in one more view',
    group: 'Views',
    keys: ['d'],
    scope: 'live',
    run: (services) => {
      const detector = selectedDetector(services)
      if (detector !== undefined) addView(services, detector)
    },
  },
  layoutCommand('one'),
  layoutCommand('columns'),
  layoutCommand('rows'),
  layoutCommand('four'),
]
