import { ActionIcon, Menu } from '@mantine/core'
import {
  IconDots,
  IconDownload,
  IconFiles,
  IconFolder,
  IconMovie,
  IconPencil,
  IconPhoto,
  IconRepeat,
  IconTrash,
} from '@tabler/icons-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { openExport } from '../../actions/export-actions.ts'
import { askToDelete } from '../../actions/delete-actions.ts'
import { openItem, repeatItem, revealItem } from '../../actions/gallery-actions.ts'
import { askForName } from '../../actions/rename-actions.ts'
import { fileAddress } from '../../backend/item-files.ts'
import { byteSize } from '../../components/format.ts'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct, whyNotOperate } from '../../stores/permission.ts'
import { runningIds } from './gallery-words.ts'
import { ItemFilesDialog } from './item-files-dialog.tsx'

const icon = { size: 15, stroke: 1.6, 'aria-hidden': true } as const

/** What can be done with an item. */
export function ItemMenu({ item }: { readonly item: GalleryItem }) {
  const services = useServices()
  const here = useEngine((state) => state.info?.transport === 'ipc')
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const refusal = useEngine(whyNotOperate)
  const running = useEngine((state) => runningIds(state).split(',').includes(item.id))
  const open = useStore(services.viewing, (state) => state.viewer?.id === item.id)
  const [filesShown, setFilesShown] = useState(false)
  return (
    <>
      <Menu position="bottom-end" shadow="md" withinPortal>
        <Menu.Target>
          <ActionIcon size={24} aria-label={`More about ${item.name}`}>
            <IconDots size={16} stroke={1.8} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!open && (
            <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => openItem(services, item.id)}>
              Open
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconMovie {...icon} />} onClick={() => void openExport(services, item.id)}>
            Export as video or pictures…
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
          {!here && (
            <Menu.Item
              component="a"
              href={`${fileAddress(item.id)}?download`}
              download
              leftSection={<IconDownload {...icon} />}
            >
              {item.folder ? 'Download as ZIP' : 'Download'}
              {item.bytes !== undefined && `, ${byteSize(item.bytes)}`}
            </Menu.Item>
          )}
          {!here && item.folder && (
            <Menu.Item leftSection={<IconFiles {...icon} />} onClick={() => setFilesShown(true)}>
              Single files…
            </Menu.Item>
          )}
          {!watching && (
            <Menu.Item
              leftSection={<IconPencil {...icon} />}
              disabled={running || refusal !== undefined}
              title={running ? 'It is being acquired: stop it first.' : refusal?.reason}
              onClick={() => askForName(services, item)}
            >
              Rename …
            </Menu.Item>
          )}
          {!watching && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash {...icon} />}
              disabled={running || refusal !== undefined}
              title={running ? 'It is being acquired: stop it first.' : refusal?.reason}
              onClick={() => askToDelete(services, [item])}
            >
              Delete …
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {filesShown && <ItemFilesDialog item={item} onClose={() => setFilesShown(false)} />}
    </>
  )
}
