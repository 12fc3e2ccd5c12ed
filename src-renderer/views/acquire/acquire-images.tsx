import { SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useServices, useSession } from '../../services.ts'
import type { AcquirePane } from '../../stores/session-store.ts'
import { ChannelsPanel } from '../channels-panel.tsx'
import { PaneGrid } from '../pane-grid.tsx'
import { StagePanel } from '../stage-panel.tsx'
import styles from './acquire-view.module.css'
import { StageMap } from './map/stage-map.tsx'

/** From this width on all of them have room. */
const wide = '(min-width: 1200px)'

const titles: Readonly<Record<AcquirePane, string>> = { live: 'Live', map: 'Map', stage: 'Stage' }
const labels: Readonly<Record<AcquirePane, string>> = {
  live: 'Live image',
  map: 'Map of the stage',
  stage: 'Microscope',
}

/** The live image, a map of the stage, and the controls of stage and channels: as many at once as there is room for. */
export function AcquireImages({ phone }: { readonly phone: boolean }) {
  const isWide = useMediaQuery(wide, window.matchMedia(wide).matches, { getInitialValueInEffect: false })
  if (phone) {
    return (
      <div className={styles['images']}>
        <ChosenPane of={['live', 'map', 'stage']} />
      </div>
    )
  }
  return (
    <>
      <div className={styles['images']}>
        <Pane shown="live" />
        {isWide ? <Pane shown="map" /> : <ChosenPane of={['map', 'stage']} />}
      </div>
      {isWide && (
        <aside className={styles['side']} aria-label="Microscope">
          <ChannelsPanel />
          <StagePanel />
        </aside>
      )}
    </>
  )
}

/** One of several, by the user's choice. */
function ChosenPane({ of: offered }: { readonly of: readonly AcquirePane[] }) {
  const { session } = useServices()
  const chosen = useSession((state) => state.acquirePane)
  const shown = offered.includes(chosen) ? chosen : (offered[0] ?? 'map')
  return (
    <div className={styles['chosen']}>
      <Pane shown={shown} />
      <SegmentedControl
        className={styles['choice'] ?? ''}
        aria-label="What is shown"
        data={offered.map((value) => ({ value, label: titles[value] }))}
        value={shown}
        onChange={(value) => session.setState({ acquirePane: value })}
      />
    </div>
  )
}

function Pane({ shown }: { readonly shown: AcquirePane }) {
  return (
    <section className={styles['image']} aria-label={labels[shown]}>
      {shown === 'live' && <PaneGrid />}
      {shown === 'map' && <StageMap />}
      {shown === 'stage' && (
        <div className={styles['panels']}>
          <ChannelsPanel />
          <StagePanel />
        </div>
      )}
    </section>
  )
}
