import { showPlace } from '../actions/hardware-actions.ts'
import { useServices, useView } from '../services.ts'
import type { ViewState } from '../stores/view-store.ts'
import styles from './place-tabs.module.css'

const places: readonly { place: ViewState['place']; title: string }[] = [
  { place: 'live', title: 'Live' },
  { place: 'acquire', title: 'Acquire' },
  { place: 'gallery', title: 'Gallery' },
  { place: 'devices', title: 'Devices' },
]

/** The views that fill the window, and which of them is on show. */
export function PlaceTabs() {
  const services = useServices()
  const shown = useView((state) => state.place)
  return (
    <nav className={styles['tabs']} aria-label="Views">
      {places.map(({ place, title }) => (
        <button
          key={place}
          type="button"
          aria-current={shown === place ? 'page' : undefined}
          onClick={() => showPlace(services, place)}
        >
          {title}
        </button>
      ))}
    </nav>
  )
}
