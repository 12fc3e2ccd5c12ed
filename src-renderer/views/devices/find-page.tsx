import { Button, Loader } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { Discovery } from '../../../src-shared/hardware.ts'
import { endSearch, findCameras } from '../../actions/hardware-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { OperatorControls } from '../../components/operator-controls.tsx'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import { FoundList } from './found-list.tsx'
import { searchResults } from './hardware-words.ts'
import { InterfaceChoice } from './interface-choice.tsx'
import styles from './page.module.css'

/** Searches for hardware: where, how far it is, what there is. */
export function FindPage() {
  const discovery = useEngine((state) => state.hardware.discovery)
  const notAct = useEngine((state) => whyNotAct(state)?.reason)
  return (
    <article className={styles['page']} aria-label="Find cameras">
      <h2>Find cameras</h2>
      {notAct === undefined ? (
        <>
          <InterfaceChoice />
          <SearchButton running={discovery.running} />
        </>
      ) : (
        <p className={styles['notice']}>{notAct}</p>
      )}
      <Results discovery={discovery} />
    </article>
  )
}

function SearchButton({ running }: { readonly running: boolean }) {
  const services = useServices()
  const [failure, setFailure] = useState<CallFailure>()
  return (
    <OperatorControls>
      <div className={styles['actions']}>
        <Button
          color="live.4"
          autoContrast
          disabled={running}
          leftSection={running ? <Loader size={13} color="gray" /> : <IconSearch size={15} stroke={2} />}
          onClick={() => {
            setFailure(undefined)
            void findCameras(services).then(setFailure)
          }}
        >
          {running ? 'Searching…' : 'Find cameras'}
        </Button>
        {running && (
          <Button variant="default" onClick={() => void endSearch(services).then(setFailure)}>
            Stop
          </Button>
        )}
      </div>
      <FailureLine failure={failure} />
    </OperatorControls>
  )
}

function Results({ discovery }: { readonly discovery: Discovery }) {
  const names = useEngine((state) => state.hardware.drivers)
  const results = searchResults(discovery.drivers, discovery.found)
  const nameOf = (driver: string) => names.find(({ id }) => id === driver)?.name ?? driver
  if (discovery.startedAt === undefined) return null
  return (
    <div role="status" aria-label="Results">
      {results.map(({ driver, search, found }) => (
        <section key={driver} aria-label={nameOf(driver)}>
          <div className={styles['head']}>
            <h3>{nameOf(driver)}</h3>
            {search?.state === 'searching' && <Loader size={12} color="gray" aria-label="searching" />}
          </div>
          {search?.state === 'failed' && (
            <p className={styles['problem']} role="alert">
              {search.message}{' '}
              {search.hint !== undefined && <span className={styles['dim']}>{search.hint}</span>}
            </p>
          )}
          <FoundList found={found} />
        </section>
      ))}
      {!discovery.running && discovery.found.length === 0 && (
        <p className={styles['dim']}>
          Nothing was found. Is it powered and connected, and are its networks chosen above? The check-up
          looks for what commonly keeps cameras from being found.
        </p>
      )}
    </div>
  )
}
