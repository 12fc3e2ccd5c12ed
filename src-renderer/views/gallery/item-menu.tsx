import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconFolder, IconMovie, IconPhoto, IconRepeat } from '@tabler/icons-react'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { openExport } from '../../actions/export-actions.ts'
import { openItem, repeatItem, revealItem } from '../../actions/gallery-actions.ts'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'

const icon = { size: 15, stroke: 1.6, 'aria-hidden': true } as const

/** What can be done with an item. */
export function ItemMenu({ item }: { readonly item: GalleryItem }) {
  const services = useServices()
  const here = useEngine((state) => state.info?.transport === 'ipc')
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <ActionIcon size={24} aria-label={`More about ${item.name}`}>
          <IconDots size={16} stroke={1.8} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => openItem(services, item.id)}>
          Open
        </Menu.Item>
        <Menu.Item
          leftSection={<IconMovie {...icon} />}
          onClick={() => void openExport(services, item.id)}
        >
          Export …
        </Menu.Item>
        {item.kind === 'plan' && !watching && (
          <Menu.Item leftSection={<IconRepeat {...icon} />} onClick={() => void repeatItem(services, item)}>
            Repeat this acquisition
          </Menu.Item>
        )}
        {here && (
          <Menu.Item
            leftSection={<IconFolder {...icon} />}
            onClick={() => void revealItem(services, item.id)}
          >
            Show in folder
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
