import { Select, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { addConnection } from '../../actions/hardware-actions.ts'
import { useEngine, useServices } from '../../services.ts'
import { whyNotOwn } from '../../stores/permission.ts'
import { ConnectionForm } from './connection-form.tsx'
import { permissionsText } from './hardware-words.ts'
import { pageOf } from './opened-page.ts'
import styles from './page.module.css'

/** Adds hardware that no search finds: the driver, where it is, what else the driver wants to know. */
export function AddPage() {
  const services = useServices()
  const notOwn = useEngine((state) => whyNotOwn(state)?.reason)
  const drivers = useEngine((state) => state.hardware.drivers)
  const [chosen, setChosen] = useState<string>()
  const [title, setTitle] = useState('')
  const id = useId()
  const addressable = drivers.filter(
    ({ state, addressHint }) => state === 'ready' && addressHint !== undefined,
  )
  const driver = addressable.find((candidate) => candidate.id === chosen) ?? addressable[0]
  return (
    <article className={styles['page']} aria-label="Add by address">
      <h2>Add by address</h2>
      <p className={styles['dim']}>
        For hardware that the search does not find: in another network, or of a kind that cannot be searched.
      </p>
      {notOwn !== undefined && <p className={styles['notice']}>{notOwn}</p>}
      {notOwn === undefined && driver === undefined && (
        <p className={styles['notice']}>No driver here takes an address.</p>
      )}
      {notOwn === undefined && driver !== undefined && (
        <ConnectionForm
          label="New connection"
          fresh
          address=""
          addressHint={driver.addressHint}
          options={{}}
          submit="Add"
          note="It is opened at once."
          onSubmit={async (place) => {
            const named = title.trim() === '' ? {} : { title: title.trim() }
            const result = await addConnection(services, { driver: driver.id, ...named, ...place })
            if (!result.ok) return result.failure
            services.session.setState({ devicesPage: pageOf(result.value) })
            return undefined
          }}
        >
          <span className={styles['label']}>Driver</span>
          <Select
            aria-label="Driver"
            data={addressable.map(({ id: value, name }) => ({ value, label: name }))}
            value={driver.id}
            description={`${driver.description} ${permissionsText(driver.permissions)}`}
            inputWrapperOrder={['input', 'description']}
            onChange={(value) => setChosen(value ?? undefined)}
          />
          <label htmlFor={`${id}-title`}>Name</label>
          <TextInput
            id={`${id}-title`}
            placeholder={driver.name}
            maxLength={100}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
        </ConnectionForm>
      )}
    </article>
  )
}
