import { IconAlertTriangle } from '@tabler/icons-react'
import { useViewerState } from '../../services.ts'
import styles from './remarks.module.css'

/** What is missing of the item, plain to see. */
export function Remarks() {
  const remarks = useViewerState((state) => state.opened?.remarks)
  if (remarks === undefined || remarks.length === 0) return null
  return (
    <div className={styles['remarks']} role="note">
      <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
      <ul>
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </div>
  )
}
