import { useEngine } from '../../services.ts'
import { deviceById } from '../../stores/selectors.ts'
import { DeviceProblem } from '../device-problem.tsx'
import { CameraHealthPanel } from './camera-health.tsx'
import { DeviceHeader } from './device-header.tsx'
import styles from './device-page.module.css'
import { PixelSizePanel } from './pixel-size-panel.tsx'
import { PropertyBrowser } from './property-browser.tsx'

/** One device: what it is, how it does, and all its settings. */
export function DevicePage({ deviceId }: { readonly deviceId: string }) {
  const device = useEngine((state) => deviceById(state, deviceId))
  if (device === undefined) return null
  return (
    <article aria-label={device.description.name}>
      <div className={styles['top']}>
        <DeviceHeader device={device} />
        <DeviceProblem device={device} />
        {device.description.kind === 'camera' && <CameraHealthPanel camera={device} />}
        {device.description.kind === 'camera' && !device.demo && <PixelSizePanel camera={device} />}
      </div>
      <PropertyBrowser
        deviceId={device.id}
        properties={device.properties}
        acquiring={device.acquiring === true}
      />
    </article>
  )
}
