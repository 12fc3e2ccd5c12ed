import { selectDetector } from '../actions/live-actions.ts'
import { PanelSection } from '../components/panel-section.tsx'
import { StatusDot } from '../components/status-dot.tsx'
import type { DeviceState } from '../../src-shared/devices.ts'
import { useDetector, useEngine, useServices } from '../services.ts'
import { DemoMark } from '../components/demo-mark.tsx'
import { deviceDot } from '../components/device-words.ts'
import { useDevices } from './use-devices.ts'
import styles from './cameras-panel.module.css'

/** All cameras; the one chosen is on show. */
export function CamerasPanel() {
  const cameras = useDevices('camera')
  const detector = useDetector()
  return (
    <PanelSection id="cameras" title="Cameras">
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
  return (
    <li>
      <button
        type="button"
        className={styles['row']}
        aria-pressed={chosen}
        onClick={() => void selectDetector(services, camera.id)}
      >
        <StatusDot state={deviceDot(camera, live)} />
        <span className={styles['name']}>
          {camera.description.name}
          <span className={styles['model']}>{camera.description.model}</span>
        </span>
        {camera.demo && <DemoMark />}
      </button>
    </li>
  )
}
