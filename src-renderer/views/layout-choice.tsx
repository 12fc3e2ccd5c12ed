import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconLayoutColumns,
  IconLayoutGrid,
  IconLayoutRows,
  type IconProps,
  IconSquare,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { setLayout } from '../actions/layout-actions.ts'
import { layoutTitles } from '../actions/layout-commands.ts'
import { useServices, useView } from '../services.ts'
import { type Layout, layouts } from '../stores/panes.ts'

const icons: Record<Layout, ComponentType<IconProps>> = {
  one: IconSquare,
  columns: IconLayoutColumns,
  rows: IconLayoutRows,
  four: IconLayoutGrid,
}

/** How many views are shown, and how they lie. */
export function LayoutChoice() {
  const services = useServices()
  const chosen = useView((state) => state.layout)
  return layouts.map((layout) => {
    const Icon = icons[layout]
    return (
      <Tooltip key={layout} label={`${layoutTitles[layout]} (V)`}>
        <ActionIcon
          aria-label={layoutTitles[layout]}
          aria-pressed={layout === chosen}
          size={22}
          variant={layout === chosen ? 'light' : 'subtle'}
          onClick={() => setLayout(services, layout)}
        >
          <Icon size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    )
  })
}
