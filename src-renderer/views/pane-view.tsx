import { ActionIcon, Tooltip } from '@mantine/core'
import { IconMaximize, IconX } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { activatePane, closeView, setLayout } from '../actions/layout-actions.ts'
import { selectDetector } from '../actions/live-actions.ts'
import { deviceDot } from '../components/device-words.ts'
import { StatusDot } from '../components/status-dot.tsx'
import { useDetector, useEngine, useServices, useView } from '../services.ts'
import { deviceById } from '../stores/selectors.ts'
import { cameraDragType } from './cameras-panel.tsx'
import { ImageView } from './image-view.tsx'
import styles from './pane-view.module.css'

/** One of several views: which camera it is of, and a frame around the active one. Takes a camera that is dropped on it. */
export function PaneView() {
  const services = useServices()
  const active = useView((state) => state.activePane === services.pane)
  const [target, setTarget] = useState(false)
  const detector = useDetector()
  const name = useEngine((state) => deviceById(state, detector)?.description.name)
  const activate = () => activatePane(services)

  function onDragOver(event: DragEvent) {
    if (!event.dataTransfer.types.includes(cameraDragType)) return
    event.preventDefault()
    setTarget(true)
  }
  function onDrop(event: DragEvent) {
    setTarget(false)
    const dropped = event.dataTransfer.getData(cameraDragType)
    if (dropped === '') return
    event.preventDefault()
    activate()
    void selectDetector(services, dropped)
  }
  return (
    <section
      className={styles['pane']}
      aria-label={`View of ${name ?? 'no camera'}`}
      aria-current={active || undefined}
      data-target={target || undefined}
      onPointerDownCapture={activate}
      onFocusCapture={activate}
      onDragOver={onDragOver}
      onDragLeave={() => setTarget(false)}
      onDrop={onDrop}
    >
      <ImageView />
      <PaneHeader detector={detector} name={name} />
    </section>
  )
}

type HeaderProps = { readonly detector: string | undefined; readonly name: string | undefined }

function PaneHeader({ detector, name }: HeaderProps) {
  const services = useServices()
  const camera = useEngine((state) => deviceById(state, detector))
  const live = useEngine((state) => state.streams.some((stream) => stream.detectorName === detector))
  return (
    <header className={styles['header']}>
      <span className={styles['camera']}>
        {camera !== undefined && <StatusDot state={deviceDot(camera, live)} />}
        {detector !== undefined && <span className={styles['name']}>{name ?? detector}</span>}
      </span>
      <span className={styles['tools']}>
        <Tooltip label="This view only (V)">
          <ActionIcon
            size={22}
            aria-label="This view only"
            onClick={() => {
              activatePane(services)
              setLayout(services, 'one')
            }}
          >
            <IconMaximize size={14} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Close this view">
          <ActionIcon
            size={22}
            aria-label="Close this view"
            onClick={() => closeView(services, services.pane)}
          >
            <IconX size={15} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      </span>
    </header>
  )
}
