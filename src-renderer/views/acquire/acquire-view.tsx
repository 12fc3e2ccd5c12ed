import { type DragEvent, useState } from 'react'
import { isRunning } from '../../actions/acquire-actions.ts'
import { loadPlanFile } from '../../actions/plan-actions.ts'
import { useEngine, useServices, useSession } from '../../services.ts'
import { AcquireImages } from './acquire-images.tsx'
import styles from './acquire-view.module.css'
import { EstimateBar } from './estimate-bar.tsx'
import { LoadReport } from './load-report.tsx'
import { useOverviewCapture } from './map/use-overview-capture.ts'
import { PlanBar } from './plan-bar.tsx'
import { PlanCheckProvider } from './plan-check.tsx'
import { PlanEditor } from './plan-editor.tsx'
import { RunPanel } from './run-panel.tsx'

/** Plans: edited on the left, with the live image and a map of the stage beside them; on a phone above them. */
export function AcquireView({ phone }: { readonly phone: boolean }) {
  const services = useServices()
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
    void loadPlanFile(services, file)
  }
  return (
    <div
      className={styles['view']}
      data-phone={phone || undefined}
      data-target={target || undefined}
      onDragOver={onDragOver}
      onDragLeave={() => setTarget(false)}
      onDrop={onDrop}
    >
      <main className={styles['plan']} data-plan="">
        {/* What is typed beside the images is none of the plan. */}
        <PlanCheckProvider>
          <PlanBar />
          <Run />
          <LoadReport />
          <PlanEditor />
          <EstimateBar />
        </PlanCheckProvider>
      </main>
      <AcquireImages phone={phone} />
    </div>
  )
}

function Run() {
  const { session } = useServices()
  const status = useEngine((state) => state.acquisition)
  const closed = useSession((state) => state.closedRun)
  if (status === undefined || (!isRunning(status) && status.id === closed)) return null
  return <RunPanel status={status} onClose={() => session.setState({ closedRun: status.id })} />
}
