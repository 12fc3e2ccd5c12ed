import { Button } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useEffect } from 'react'
import { scanDrivers } from '../../actions/hardware-actions.ts'
import { useDetector, useEngine, useServices, useSession } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import { deviceById } from '../../stores/selectors.ts'
import { type DevicesPage, noteOutcome } from '../../stores/session-store.ts'
import { Messages } from '../messages.tsx'
import { AddPage } from './add-page.tsx'
import { CheckUpPage } from './check-up-page.tsx'
import { ConnectionPage } from './connection-page.tsx'
import { DeviceList } from './device-list.tsx'
import { DevicePage } from './device-page.tsx'
import styles from './devices-view.module.css'
import { DriversPage } from './drivers-page.tsx'
import { FindPage } from './find-page.tsx'

/** All hardware: what there is on the left, what was chosen of it on the right; one after the other on a phone. */
export function DevicesView({ phone }: { readonly phone: boolean }) {
  const { session } = useServices()
  const page = useShownPage(phone)
  useDrivers()
  return (
    <div className={styles['view']} data-phone={phone || undefined}>
      {(!phone || page === undefined) && (
        <aside className={styles['list']} aria-label="Hardware">
          <DeviceList page={page} />
        </aside>
      )}
      {(!phone || page !== undefined) && (
        <main className={styles['page']}>
          {phone && (
            <Button
              className={styles['back'] ?? ''}
              variant="subtle"
              color="gray"
              leftSection={<IconChevronLeft size={16} />}
              onClick={() => session.setState({ devicesPage: undefined })}
            >
              All devices
            </Button>
          )}
          {page === undefined ? <Nothing /> : <Page page={page} />}
        </main>
      )}
      <Messages at="corner" />
    </div>
  )
}

/** Which drivers there are is found out when somebody wants to see it, as those of the user may have come or gone. */
function useDrivers() {
  const services = useServices()
  const may = useEngine((state) => state.caller !== undefined && whyNotAct(state) === undefined)
  useEffect(() => {
    if (!may) return
    void scanDrivers(services).then((failure) => {
      noteOutcome(services.session, 'Drivers could not be listed', failure)
    })
  }, [services, may])
}

/** What was chosen, as long as it exists; else the camera on show, where there is room for it beside the list. */
function useShownPage(phone: boolean): DevicesPage | undefined {
  const chosen = useSession((state) => state.devicesPage)
  const detector = useDetector()
  const exists = useEngine((state) => {
    if (chosen?.kind === 'device') return deviceById(state, chosen.deviceId) !== undefined
    if (chosen?.kind !== 'connection') return chosen !== undefined
    return state.hardware.connections.some(({ id }) => id === chosen.connectionId)
  })
  if (exists) return chosen
  return phone || detector === undefined ? undefined : { kind: 'device', deviceId: detector }
}

function Page({ page }: { readonly page: DevicesPage }) {
  switch (page.kind) {
    case 'device':
      return <DevicePage key={page.deviceId} deviceId={page.deviceId} />
    case 'connection':
      return <ConnectionPage key={page.connectionId} connectionId={page.connectionId} />
    case 'find':
      return <FindPage />
    case 'add':
      return <AddPage />
    case 'drivers':
      return <DriversPage />
    case 'check-up':
      return <CheckUpPage />
  }
}

function Nothing() {
  return <p className={styles['nothing']}>No device yet. “Find cameras” looks for what is connected.</p>
}
