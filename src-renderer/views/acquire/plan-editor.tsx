import { AutofocusSection } from './autofocus-section.tsx'
import { ChannelsSection } from './channels-section.tsx'
import { FilesSection } from './files-section.tsx'
import { KeptSection } from './kept-section.tsx'
import { OrderSection } from './order-section.tsx'
import styles from './plan-editor.module.css'
import { PositionsSection } from './positions-section.tsx'
import { StackSection } from './stack-section.tsx'
import { TilesSection } from './tiles-section.tsx'
import { TimeSection } from './time-section.tsx'

/** All parts of the plan. */
export function PlanEditor() {
  return (
    <div className={styles['editor']}>
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
