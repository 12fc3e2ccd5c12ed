import { ActionIcon, Tooltip } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type DragEvent, useId } from 'react'
import type { DeviceState } from '../../src-shared/devices.ts'
import { addView } from '../actions/layout-actions.ts'
import { selectDetector } from '../actions/live-actions.ts'
import { PanelSection } from '../components/panel-section.tsx'
import { DemoMark } from '../components/demo-mark.tsx'
import { deviceDot } from '../components/device-words.ts'
import { StatusDot } from '../components/status-dot.tsx'
import { useDetector, useEngine, useServices, useView } from '../services.ts'
import { withView } from '../stores/layout.ts'
import styles from './cameras-panel.module.css'
import { LayoutChoice } from './layout-choice.tsx'
import { useDevices } from './use-devices.ts'

/** Type of what is dragged: the id of a camera. */
export const cameraDragType = 'application/x-coverslip-camera'

/** All cameras; the one chosen is on show in the active view. */
export function CamerasPanel() {
  const cameras = useDevices('camera')
  const detector = useDetector()
  return (
    <PanelSection id="cameras" title="Cameras" aside={<LayoutChoice />}>
      {cameras.length === 0 && <p className={styles['none']}>No camera.</p>}
      <ul className={styles['list']}>
        {cameras.map((camera) => (
          <CameraRow key={camera.id} camera={camera} chosen={camera.id === detector} />
        ))}
      </ul>
    </PanelSection>
  )
}

function CameraRow({ camera, chosen }: { readonly camera: DeviceState; readonly chosen: boolean }) {
  const services = useServices()
  const live = useEngine((state) => state.streams.some((stream) => stream.detectorName === camera.id))
  const nameId = useId()
  const room = useView((state) => withView(state, camera.id) !== undefined)
  const onDragStart = ({ dataTransfer }: DragEvent) => {
    dataTransfer.setData(cameraDragType, camera.id)
    dataTransfer.effectAllowed = 'copy'
  }
  return (
    <li className={styles['item']}>
      <button
        type="button"
        className={styles['row']}
        aria-pressed={chosen}
        draggable
        onDragStart={onDragStart}
        onClick={() => void selectDetector(services, camera.id)}
      >
        <StatusDot state={deviceDot(camera, live)} />
        <span id={nameId} className={styles['name']}>
          {camera.description.name}
          <span className={styles['model']}>{camera.description.model}</span>
        </span>
        {camera.demo && <DemoMark />}
      </button>
      {room && (
        <Tooltip label="Show it in one more view">
          <ActionIcon
            className={styles['add'] ?? ''}
            size={22}
            aria-label="One more view"
            aria-describedby={nameId}
            onClick={() => addView(services, camera.id)}
          >
            <IconPlus size={14} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}
