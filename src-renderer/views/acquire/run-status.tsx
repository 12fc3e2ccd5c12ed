import { Tooltip, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { isRunning } from '../../actions/acquire-actions.ts'
import { showPlace } from '../../actions/hardware-actions.ts'
import { fixed } from '../../components/format.ts'
import { useEngine, useServices, useView } from '../../services.ts'
import styles from './run-status.module.css'
import { endText, isWhole, leftText, placeText, progressOf, stateText } from './run-words.ts'

/** In the status bar: how far the plan is that runs, and that it has ended, until that was looked at. Leads to the Acquire view. */
export function RunStatus({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const status = useEngine((state) => state.acquisition)
  const place = useView((view) => view.place)
  /** The run that was under way while this page was open. */
  const [seen, setSeen] = useState<string>()
  if (status === undefined) return null
  const running = isRunning(status)
  // Its end is news to whoever saw it run and looks elsewhere.
  if (running && seen !== status.id) setSeen(status.id)
  if (!running && seen === status.id && place === 'acquire') setSeen(undefined)
  if (!running && (seen !== status.id || place === 'acquire')) return null
  return (
    <Tooltip label={running ? runFacts(status) : endText(status)}>
      <UnstyledButton
        className={styles['run']}
        aria-label={running ? 'Acquisition under way' : 'Acquisition ended'}
        data-ended={running ? undefined : isWhole(status) ? 'whole' : 'lacking'}
        onClick={() => showPlace(services, 'acquire')}
      >
        {running ? (
          <>
            <span className={styles['percent']}>{fixed(Math.floor(progressOf(status) * 100))} %</span>
            {!phone && (
              <span className={styles['left']}>
                {status.state === 'paused' ? 'paused' : leftText(status)}
              </span>
            )}
          </>
        ) : (
          <span>
            {phone ? '' : `${status.name}: `}
            {stateText(status)}
          </span>
        )}
      </UnstyledButton>
    </Tooltip>
  )
}

function runFacts(status: PlanStatus): string {
  return [status.name, stateText(status), placeText(status)].filter((part) => part !== '').join(' · ')
}
