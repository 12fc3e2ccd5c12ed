import { AutofocusSection } from './autofocus-section.tsx'
import { ChannelsSection } from './channels-section.tsx'
import { FilesSection } from './files-section.tsx'
import { KeptSection } from './kept-section.tsx'
import { OrderSection } from './order-section.tsx'
import { usePlanCheck } from './plan-check.tsx'
import styles from './plan-editor.module.css'
import { PositionsSection } from './positions-section.tsx'
import { StackSection } from './stack-section.tsx'
import templates from './templates-menu.module.css'
import { TilesSection } from './tiles-section.tsx'
import { TimeSection } from './time-section.tsx'
import { UsualTemplates } from './usual-templates.tsx'

/** All parts of the plan. */
export function PlanEditor() {
  const { empty } = usePlanCheck()
  return (
    <div className={styles['editor']}>
      {empty && (
        <section className={templates['begin']} aria-label="Begin">
          <p>Begin with a usual experiment, or switch on what yours needs.</p>
          <UsualTemplates spread />
        </section>
      )}
      <ChannelsSection />
      <StackSection />
      <PositionsSection />
      <TilesSection />
      <TimeSection />
      <AutofocusSection />
      <OrderSection />
      <FilesSection />
      <KeptSection />
    </div>
  )
}
