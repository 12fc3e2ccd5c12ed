import { SegmentedControl } from '@mantine/core'
import { type DragEvent, useState } from 'react'
import { isRunning, loadPlanFile } from '../../actions/acquire-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { useEngine, useServices, useSession } from '../../services.ts'
import { ChannelsPanel } from '../channels-panel.tsx'
import { ControlRequest } from '../control-request.tsx'
import { LostBanner } from '../lost-banner.tsx'
import { Notices } from '../notices.tsx'
import { PaneGrid } from '../pane-grid.tsx'
import { StagePanel } from '../stage-panel.tsx'
import styles from './acquire-view.module.css'
import { EstimateBar } from './estimate-bar.tsx'
import { LoadReport } from './load-report.tsx'
import { StageMap } from './map/stage-map.tsx'
import { useOverviewCapture } from './map/use-overview-capture.ts'
import { PlanBar } from './plan-bar.tsx'
import { PlanCheckProvider } from './plan-check.tsx'
import { PlanEditor } from './plan-editor.tsx'
import { RunPanel } from './run-panel.tsx'

/** Plans: edited on the left, with the live image and a map of the stage beside them; on a phone above them. */
export function AcquireView({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const [failure, setFailure] = useState<CallFailure>()
  const [target, setTarget] = useState(false)
  useOverviewCapture()

  function onDragOver(event: DragEvent) {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setTarget(true)
  }
  function onDrop(event: DragEvent) {
    setTarget(false)
    const [file] = event.dataTransfer.files
    if (file === undefined) return
    event.preventDefault()
    void loadPlanFile(services, file).then(setFailure)
  }
  return (
    <PlanCheckProvider>
      <div
        className={styles['view']}
        data-phone={phone || undefined}
        data-target={target || undefined}
        onDragOver={onDragOver}
        onDragLeave={() => setTarget(false)}
        onDrop={onDrop}
      >
        <main className={styles['plan']} data-plan="">
          <PlanBar onLoaded={setFailure} />
          <Run />
          <LoadReport failure={failure} onClose={() => setFailure(undefined)} />
          <PlanEditor onLoaded={setFailure} />
          <EstimateBar />
        </main>
        {phone ? <PhoneImages /> : <WideImages />}
      </div>
    </PlanCheckProvider>
  )
}

function Run() {
  const { session } = useServices()
  const status = useEngine((state) => state.acquisition)
  const closed = useSession((state) => state.closedRun)
  if (status === undefined || (!isRunning(status) && status.id === closed)) return null
  return <RunPanel status={status} onClose={() => session.setState({ closedRun: status.id })} />
}

function WideImages() {
  return (
    <>
      <div className={styles['images']}>
        <section className={styles['image']} aria-label="Live image">
          <PaneGrid />
        </section>
        <section className={styles['image']} aria-label="Map of the stage">
          <StageMap />
        </section>
      </div>
      <aside className={styles['side']} aria-label="Microscope">
        <ChannelsPanel />
        <StagePanel />
      </aside>
    </>
  )
}

function PhoneImages() {
  const { session } = useServices()
  const pane = useSession((state) => state.acquirePane)
  return (
    <div className={styles['images']}>
      <section className={styles['image']} aria-label={pane === 'live' ? 'Live image' : 'Map of the stage'}>
        {pane === 'live' ? <PaneGrid /> : <StageMap />}
        {pane === 'map' && (
          <div className={styles['messages']}>
            <LostBanner />
            <ControlRequest />
            <Notices />
          </div>
        )}
      </section>
      <SegmentedControl
        className={styles['choice'] ?? ''}
        aria-label="What is shown"
        data={[
          { value: 'live', label: 'Live' },
          { value: 'map', label: 'Map' },
        ]}
        value={pane}
        onChange={(value) => session.setState({ acquirePane: value === 'map' ? 'map' : 'live' })}
      />
    </div>
  )
}
