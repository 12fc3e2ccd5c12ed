import { Tooltip, UnstyledButton } from '@mantine/core'
import { isRunning } from '../../actions/acquire-actions.ts'
import { showPlace } from '../../actions/hardware-actions.ts'
import { fixed } from '../../components/format.ts'
import { useEngine, useServices } from '../../services.ts'
import styles from './run-status.module.css'
import { leftText, placeText, progressOf, stateText } from './run-words.ts'

/** In the status bar while a plan runs: how far it is. Leads to the Acquire view. */
export function RunStatus({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const status = useEngine((state) => state.acquisition)
  if (status === undefined || !isRunning(status)) return null
  const facts = [status.name, stateText(status), placeText(status)].filter((part) => part !== '').join(' · ')
  return (
    <Tooltip label={facts}>
      <UnstyledButton
        className={styles['run']}
        aria-label="Acquisition under way"
        onClick={() => showPlace(services, 'acquire')}
      >
        <span className={styles['percent']}>{fixed(Math.floor(progressOf(status) * 100))} %</span>
        {!phone && (
          <span className={styles['left']}>{status.state === 'paused' ? 'paused' : leftText(status)}</span>
        )}
      </UnstyledButton>
    </Tooltip>
  )
}
