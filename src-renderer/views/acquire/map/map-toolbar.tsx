import { ActionIcon, Tooltip } from '@mantine/core'
import { IconEraser, IconMaximize, IconMinus, IconPlus, IconPolygon, IconSelect } from '@tabler/icons-react'
import { useServices, useSession } from '../../../services.ts'
import type { MapTool } from '../../../stores/session-store.ts'
import type { MapView } from './use-map-frame.ts'
import styles from './stage-map.module.css'

const iconProps = { size: 15, stroke: 1.7 } as const

/** What can be done with the map. */
export function MapToolbar({ view }: { readonly view: MapView }) {
  const { session, overview } = useServices()
  const tool = useSession((state) => state.mapTool)
  const toggle = (wanted: MapTool) => session.setState({ mapTool: tool === wanted ? 'move' : wanted })
  return (
    <div className={styles['tools']} role="toolbar" aria-label="Map">
      <Tooltip label="Draw the area of tiles">
        <ActionIcon
          size={24}
          aria-label="Draw an area of tiles"
          aria-pressed={tool === 'area'}
          onClick={() => toggle('area')}
        >
          <IconSelect {...iconProps} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Draw a polygon of tiles">
        <ActionIcon
          size={24}
          aria-label="Draw a polygon of tiles"
          aria-pressed={tool === 'polygon'}
          onClick={() => toggle('polygon')}
        >
          <IconPolygon {...iconProps} />
        </ActionIcon>
      </Tooltip>
      <span className={styles['gap']} />
      <Tooltip label="Larger (+)">
        <ActionIcon size={24} aria-label="Zoom the map in" onClick={() => view.zoom(1.5)}>
          <IconPlus {...iconProps} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Smaller (−)">
        <ActionIcon size={24} aria-label="Zoom the map out" onClick={() => view.zoom(1 / 1.5)}>
          <IconMinus {...iconProps} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="The whole plan (F)">
        <ActionIcon size={24} aria-label="Show the whole plan" onClick={view.fit}>
          <IconMaximize {...iconProps} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Forget the pictures under the map">
        <ActionIcon size={24} aria-label="Forget the pictures" onClick={() => overview.clear()}>
          <IconEraser {...iconProps} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
