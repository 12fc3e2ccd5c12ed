import { Button, Tooltip } from '@mantine/core'
import type { DeviceState } from '../../src-shared/devices.ts'
import type { FocusStatus } from '../../src-shared/focus.ts'
import { toggleFocusSearch } from '../actions/focus-actions.ts'
import { FocusCurve } from '../components/focus-curve.tsx'
import { fixed } from '../components/format.ts'
import { NumberField } from '../components/number-field.tsx'
import { Refusable } from '../components/refusable.tsx'
import { useDetector, useEngine, useServices, useView } from '../services.ts'
import { whyNotFindFocus } from '../stores/permission.ts'
import { deviceById } from '../stores/selectors.ts'
import styles from './focus-search.module.css'
import { LiveSharpness } from './live-sharpness.tsx'

/** Finds the focus by the image of the camera on show, and shows how sharp it is. */
export function FocusSearch({ stage }: { readonly stage: DeviceState }) {
  const services = useServices()
  const detector = useDetector()
  const ready = useEngine((state) => deviceById(state, detector)?.status.state === 'ready')
  const status = useEngine((state) => state.focus)
  const refusal = useEngine(whyNotFindFocus)
  const rangeUm = useView((state) => state.focusRangeUm)
  const searching = status?.state === 'searching'
  if (detector === undefined) return null
  return (
    <div className={styles['search']} role="group" aria-label="Focus by the image">
      <div className={styles['row']}>
        <Refusable reason={refusal?.reason}>
          <Tooltip
            label={
              searching
                ? 'End the search; z goes back'
                : 'Find the focus: goes through the range and stops where the image is sharpest (Shift F)'
            }
          >
            <Button
              size="compact-sm"
              variant="default"
              disabled={!searching && (!ready || stage.status.state !== 'ready')}
              onClick={() => void toggleFocusSearch(services)}
            >
              {searching ? 'Stop search' : 'Find focus'}
            </Button>
          </Tooltip>
        </Refusable>
        <NumberField
          label="Range of the search"
          value={rangeUm}
          unit="µm range"
          limits={{ min: 1, max: 10_000 }}
          onCommit={(focusRangeUm) => services.view.setState({ focusRangeUm })}
        />
      </div>
      {status !== undefined && (
        <>
          <FocusCurve status={status} />
          <output className={styles['result']}>{wordsOf(status)}</output>
        </>
      )}
      <LiveSharpness key={detector} detectorName={detector} ready={ready} />
    </div>
  )
}

function wordsOf({ state, curve, foundUm, error }: FocusStatus): string {
  switch (state) {
    case 'searching':
      return `Searching, ${curve.length} planes`
    case 'found':
      return foundUm === undefined ? '' : `Focus at z = ${fixed(foundUm, 2)} µm`
    case 'stopped':
      return 'Stopped; z is back where it was'
    case 'failed':
      return error?.message ?? 'Not found'
  }
}
