import { showDevices, showLive } from '../actions/hardware-actions.ts'
import { useServices, useView } from '../services.ts'
import styles from './place-tabs.module.css'

/** The views that fill the window, and which of them is on show. */
export function PlaceTabs() {
  const services = useServices()
  const place = useView((state) => state.place)
  return (
    <nav className={styles['tabs']} aria-label="Views">
      <button
        type="button"
        aria-current={place === 'live' ? 'page' : undefined}
        onClick={() => showLive(services)}
      >
        Live
      </button>
      <button
        type="button"
        aria-current={place === 'devices' ? 'page' : undefined}
        onClick={() => showDevices(services)}
      >
        Devices
      </button>
    </nav>
  )
}
