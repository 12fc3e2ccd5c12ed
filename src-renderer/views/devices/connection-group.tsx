import { Button } from '@mantine/core'
import { reconnect, showDevices } from '../../actions/hardware-actions.ts'
import { StatusDot } from '../../components/status-dot.tsx'
import { type ConnectionInfo } from '../../../src-shared/hardware.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { Refusable } from '../../components/refusable.tsx'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import { deviceById, isDemo } from '../../stores/selectors.ts'
import type { DevicesPage } from '../../stores/session-store.ts'
import { DemoMark } from '../../components/demo-mark.tsx'
import { deviceDot, kindWords } from '../../components/device-words.ts'
import styles from './connection-group.module.css'

type GroupProps = { readonly connection: ConnectionInfo; readonly page: DevicesPage | undefined }

/** One connection and the devices that live and fail with it. */
export function ConnectionGroup({ connection, page }: GroupProps) {
  const services = useServices()
  const driver = useEngine((state) => state.hardware.drivers.find(({ id }) => id === connection.driver))
  const demo = useEngine((state) => isDemo(state, connection))
  const notAct = useEngine((state) => whyNotAct(state)?.reason)
  const { id, title, address, status, missing } = connection
  const chosen = page?.kind === 'connection' && page.connectionId === id
  return (
    <section className={styles['group']} aria-label={title}>
      <div className={styles['head']}>
        <button
          type="button"
          className={styles['connection']}
          aria-current={chosen ? 'page' : undefined}
          onClick={() => showDevices(services, { kind: 'connection', connectionId: id })}
        >
          <span className={styles['title']}>
            {title}
            {demo && <DemoMark />}
          </span>
          <span className={styles['place']}>
            {driver?.name ?? connection.driver}
            {address !== '' && ` · ${address}`}
          </span>
        </button>
        {status.state === 'error' && (
          <Refusable reason={notAct}>
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Reconnect ${title}`}
              onClick={() => void reconnect(services, id)}
            >
              Reconnect
            </Button>
          </Refusable>
        )}
      </div>
      {status.state === 'error' && <p className={styles['error']}>{status.message}</p>}
      {missing !== undefined && <p className={styles['error']}>Not all of its devices could be opened.</p>}
      {status.state === 'connecting' && <p className={styles['connecting']}>Connecting…</p>}
      <ul>
        {connection.deviceIds.map((deviceId) => (
          <DeviceItem
            key={deviceId}
            deviceId={deviceId}
            chosen={page?.kind === 'device' && page.deviceId === deviceId}
          />
        ))}
      </ul>
    </section>
  )
}

type ItemProps = { readonly deviceId: string; readonly chosen: boolean }

function DeviceItem({ deviceId, chosen }: ItemProps) {
  const device = useEngine((state) => deviceById(state, deviceId))
  return device === undefined ? null : <DeviceLine device={device} chosen={chosen} />
}

function DeviceLine({ device, chosen }: { readonly device: DeviceState; readonly chosen: boolean }) {
  const services = useServices()
  const live = useEngine((state) => state.streams.some(({ detectorName }) => detectorName === device.id))
  const { name, kind } = device.description
  return (
    <li>
      <button
        type="button"
        className={styles['device']}
        aria-current={chosen ? 'page' : undefined}
        onClick={() => showDevices(services, { kind: 'device', deviceId: device.id })}
      >
        <StatusDot state={deviceDot(device, live)} />
        <span className={styles['name']}>{name}</span>
        <span className={styles['kind']}>{kindWords[kind]}</span>
      </button>
    </li>
  )
}
