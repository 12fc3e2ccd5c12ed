import { ActionIcon, Button, Select, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconMovie, IconRepeat } from '@tabler/icons-react'
import { openExport } from '../../actions/export-actions.ts'
import { closeItem, openNeighbour, repeatItem } from '../../actions/gallery-actions.ts'
import { setDataset } from '../../actions/viewer-actions.ts'
import { useEngine, useGallery, useServices, useViewer, useViewerState } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import { ItemMenu } from '../gallery/item-menu.tsx'
import { itemState, runningIds, stateWords } from '../gallery/gallery-words.ts'
import { datasetFacts } from './dataset-facts.ts'
import styles from './viewer-header.module.css'

/** What is open, the way back, and what can be done with it. */
export function ViewerHeader({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const viewer = useViewer()
  const opened = useViewerState((state) => state.opened)
  const running = useEngine(runningIds)
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const listed = useGallery((gallery) => gallery.items?.find(({ id }) => id === viewer.id))
  // What cannot be opened can still be downloaded, or looked for in its folder.
  const item = opened?.item ?? listed
  const state = item === undefined ? undefined : itemState(item, running.split(','))
  return (
    <header className={styles['bar']}>
      <Tooltip label="Back to the gallery (Esc)">
        <Button
          variant="subtle"
          color="gray"
          className={styles['back'] ?? ''}
          leftSection={<IconChevronLeft size={16} stroke={1.8} />}
          aria-label="Back to the gallery"
          onClick={() => closeItem(services)}
        >
          {phone ? null : 'Gallery'}
        </Button>
      </Tooltip>
      <h2 className={styles['name']} title={viewer.id}>
        {item?.name ?? viewer.id.split('/').at(-1)}
      </h2>
      {state !== undefined && (
        <span className={styles['state']} data-state={state}>
          {stateWords[state]}
        </span>
      )}
      {!phone && <DatasetFacts />}
      <div className={styles['tools']}>
        <DatasetChoice />
        {!phone && (
          <Button
            variant="default"
            leftSection={<IconMovie size={15} stroke={1.6} />}
            disabled={opened === undefined}
            onClick={() => void openExport(services, viewer.id)}
          >
            Export
          </Button>
        )}
        {!phone && opened?.plan !== undefined && !watching && (
          <Button
            variant="default"
            leftSection={<IconRepeat size={15} stroke={1.6} />}
            onClick={() => void repeatItem(services, opened.item)}
          >
            Repeat
          </Button>
        )}
        {!phone && <Neighbours />}
        {item !== undefined && <ItemMenu item={item} />}
      </div>
    </header>
  )
}

function DatasetFacts() {
  const facts = useViewerState(datasetFacts)
  return <span className={styles['facts']}>{facts}</span>
}

/** Several cameras or images of one item. */
function DatasetChoice() {
  const viewer = useViewer()
  const datasets = useViewerState((state) => state.opened?.datasets)
  const shown = useViewerState((state) => state.dataset)
  if (datasets === undefined || datasets.length < 2) return null
  return (
    <Select
      className={styles['datasets'] ?? ''}
      aria-label="Camera or image"
      data={datasets.map(({ name, camera }, place) => ({ value: String(place), label: camera ?? name }))}
      value={String(shown)}
      onChange={(chosen) => setDataset(viewer, Number(chosen))}
    />
  )
}

function Neighbours() {
  const services = useServices()
  const place = useGallery((state) => state.items?.findIndex(({ id }) => id === state.chosen) ?? -1)
  const last = useGallery((state) => (state.items?.length ?? 0) - 1)
  return (
    <>
      <Tooltip label="Previous item (,)">
        <ActionIcon
          aria-label="Previous item"
          disabled={place <= 0}
          onClick={() => openNeighbour(services, -1)}
        >
          <IconChevronLeft size={17} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next item (.)">
        <ActionIcon
          aria-label="Next item"
          disabled={place < 0 || place >= last}
          onClick={() => openNeighbour(services, 1)}
        >
          <IconChevronRight size={17} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
