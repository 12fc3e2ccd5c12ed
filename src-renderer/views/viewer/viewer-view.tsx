import { Loader } from '@mantine/core'
import { useEffect } from 'react'
import { ResizeHandle } from '../../components/resize-handle.tsx'
import { ImageContext, useServices, useView, useViewerState, ViewerContext } from '../../services.ts'
import { followGrowth } from '../../planes/follow-growth.ts'
import { patchPanels } from '../../stores/view-store.ts'
import type { Viewer } from '../../viewer.ts'
import { AxisSliders } from './axis-sliders.tsx'
import { ChannelsSection } from './channels-section.tsx'
import { ContrastSection } from './contrast-section.tsx'
import { FrameSection } from './frame-section.tsx'
import { LineSection } from './line-section.tsx'
import { MetadataSection } from './metadata-section.tsx'
import { PlaneView } from './plane-view.tsx'
import { SectionsSection } from './sections-section.tsx'
import { Remarks } from './remarks.tsx'
import { ViewerHeader } from './viewer-header.tsx'
import { ViewerTabs } from './viewer-tabs.tsx'
import styles from './viewer-view.module.css'

const panelWidth = { min: 260, max: 480 } as const

export type ViewerViewProps = { readonly viewer: Viewer; readonly phone: boolean }

/** One item, open: its planes, how they are shown, and what is known of them. */
export function ViewerView({ viewer, phone }: ViewerViewProps) {
  const { engine } = useServices()
  useEffect(() => followGrowth({ engine, viewer }), [engine, viewer])
  return (
    <ViewerContext value={viewer}>
      <ImageContext value={viewer.image}>
        <div className={styles['viewer']}>
          <ViewerHeader phone={phone} />
          <Content phone={phone} />
        </div>
      </ImageContext>
    </ViewerContext>
  )
}

function Content({ phone }: { readonly phone: boolean }) {
  const opened = useViewerState((state) => state.opened !== undefined)
  const failure = useViewerState((state) => state.failure)
  if (!opened) {
    return (
      <main className={styles['nothing']}>
        {failure === undefined ? (
          <Loader size={22} color="gray" aria-label="Opening" />
        ) : (
          <div className={styles['failure']} role="alert">
            <h2>This cannot be opened</h2>
            <p>{failure.message}</p>
            {failure.hint !== undefined && <p className={styles['hint']}>{failure.hint}</p>}
          </div>
        )}
      </main>
    )
  }
  return phone ? <NarrowContent /> : <WideContent />
}

function WideContent() {
  const { view } = useServices()
  const { rightWidth } = useView((state) => state.panels)
  return (
    <div className={styles['body']}>
      <main className={styles['main']}>
        <Remarks />
        <PlaneView phone={false} />
        <AxisSliders phone={false} />
      </main>
      <ResizeHandle
        label="Width of the right panel"
        panel="right"
        width={rightWidth}
        {...panelWidth}
        onResize={(width) => patchPanels(view, { rightWidth: width })}
      />
      <aside className={styles['panel']} aria-label="About the image" style={{ width: rightWidth }}>
        <ChannelsSection />
        <ContrastSection />
        <SectionsSection />
        <LineSection />
        <FrameSection />
        <MetadataSection />
      </aside>
    </div>
  )
}

function NarrowContent() {
  return (
    <main className={styles['main']}>
      <Remarks />
      <PlaneView phone={true} />
      <AxisSliders phone={true} />
      <ViewerTabs />
    </main>
  )
}
