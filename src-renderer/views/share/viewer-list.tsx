import { Button } from '@mantine/core'
import type { ViewerInfo } from '../../../src-shared/viewers.ts'
import { disconnectViewer } from '../../actions/share-actions.ts'
import { byteRate, count, fixed } from '../../components/format.ts'
import { useEngine, useServices } from '../../services.ts'
import { deviceById } from '../../stores/selectors.ts'
import { clientName, protocolName } from './share-words.ts'
import styles from './share.module.css'

/** Who watches now, and how well it comes through. */
export function ViewerList() {
  const viewers = useEngine((state) => state.viewers)
  if (viewers.length === 0) return <p className={styles['none']}>Nobody watches a live stream now.</p>
  return (
    <ul className={styles['list']} aria-label="Viewers">
      {viewers.map((viewer) => (
        <ViewerRow key={viewer.id} viewer={viewer} />
      ))}
    </ul>
  )
}

function ViewerRow({ viewer }: { readonly viewer: ViewerInfo }) {
  const services = useServices()
  const camera = useEngine(
    (state) => deviceById(state, viewer.detectorName)?.description.name ?? viewer.detectorName,
  )
  const { id, label, role, address, client, protocol, fps, bytesPerSecond, roundTripMs, skipped } = viewer
  return (
    <li className={styles['item']} aria-label={label}>
      <div className={styles['itemText']}>
        <strong>{label}</strong>
        <span>{[role, address, clientName(client)].filter((part) => part !== '').join(' · ')}</span>
        <span>
          {camera} by {protocolName(protocol)}
        </span>
      </div>
      <dl className={styles['figures']}>
        <Figure name="frames/s" value={fixed(fps, 1)} />
        <Figure name="bandwidth" value={byteRate(bytesPerSecond)} />
        <Figure name="round trip" value={roundTripMs === undefined ? '–' : `${fixed(roundTripMs)} ms`} />
        <Figure name="skipped" value={count(skipped)} />
      </dl>
      {role === 'owner' ? (
        <span className={styles['dim']} />
      ) : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Disconnect ${label}`}
          onClick={() => void disconnectViewer(services, id)}
        >
          Disconnect
        </Button>
      )}
    </li>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
