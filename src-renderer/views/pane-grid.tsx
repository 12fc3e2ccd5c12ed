import { ServicesContext, usePanes, useView } from '../services.ts'
import { visiblePanes } from '../stores/layout.ts'
import { ImageView } from './image-view.tsx'
import { Messages } from './messages.tsx'
import styles from './pane-grid.module.css'
import { PaneView } from './pane-view.tsx'

/** The images of the cameras on show, each in its pane, and above them what concerns all. */
export function PaneGrid() {
  const panes = usePanes()
  const layout = useView((state) => state.layout)
  const activePane = useView((state) => state.activePane)
  const shown = visiblePanes({ layout, activePane })
  return (
    <div className={styles['grid']} data-layout={layout}>
      {shown.map((pane) => (
        <ServicesContext key={pane} value={panes.of(pane)}>
          {shown.length === 1 ? <ImageView /> : <PaneView />}
        </ServicesContext>
      ))}
      <Messages at="image" />
    </div>
  )
}
