import { ResizeHandle } from '../components/resize-handle.tsx'
import { useEngine, useServices, useView } from '../services.ts'
import { patchPanels } from '../stores/view-store.ts'
import { AcquireView } from './acquire/acquire-view.tsx'
import styles from './app.module.css'
import { CameraPanel } from './camera-panel.tsx'
import { CamerasPanel } from './cameras-panel.tsx'
import { ChannelsPanel } from './channels-panel.tsx'
import { CommandPalette } from './command-palette.tsx'
import { ControlBar } from './control-bar.tsx'
import { DevicesView } from './devices/devices-view.tsx'
import { DisplayPanel } from './display-panel.tsx'
import { ExportDialog } from './export/export-dialog.tsx'
import { GalleryView } from './gallery/gallery-view.tsx'
import { JoinPage } from './join-page.tsx'
import { LightsPanel } from './lights-panel.tsx'
import { Messages } from './messages.tsx'
import { OtherDevicesPanel } from './other-devices-panel.tsx'
import { PaneGrid } from './pane-grid.tsx'
import { PhonePanels } from './phone-panels.tsx'
import { ShareDialog } from './share/share-dialog.tsx'
import { ShortcutsSheet } from './shortcuts-sheet.tsx'
import { StagePanel } from './stage-panel.tsx'
import { StatusBar } from './status-bar.tsx'
import { StreamPanel } from './stream-panel.tsx'
import { TopBar } from './top-bar.tsx'
import { usePhone } from './use-phone.ts'

const widths = { left: { min: 200, max: 380 }, right: { min: 260, max: 480 } } as const

/** The window: bars above and below, panels at the sides, the image in the middle. */
export function App() {
  const phone = usePhone()
  const connection = useEngine((state) => state.connection)
  if (connection.state === 'refused') return <JoinPage title="Your access has ended" failure={connection} />
  return (
    <div className={styles['app']} data-stale={connection.state !== 'connected' || undefined}>
      <div>
        <TopBar phone={phone} />
        {phone && <ControlBar />}
        <Messages at="strip" />
      </div>
      <Place phone={phone} />
      <StatusBar phone={phone} />
      <ShortcutsSheet />
      <CommandPalette />
      <ShareDialog phone={phone} />
      <ExportDialog phone={phone} />
    </div>
  )
}

function Place({ phone }: { readonly phone: boolean }) {
  const place = useView((state) => state.place)
  switch (place) {
    case 'live':
      return phone ? <PhoneBody /> : <WideBody />
    case 'acquire':
      return <AcquireView phone={phone} />
    case 'gallery':
      return <GalleryView phone={phone} />
    case 'devices':
      return <DevicesView phone={phone} />
  }
}

function PhoneBody() {
  return (
    <div className={styles['phoneBody']}>
      <main className={styles['image']}>
        <PaneGrid />
      </main>
      <PhonePanels />
    </div>
  )
}

function WideBody() {
  const { view } = useServices()
  const { leftOpen, rightOpen, leftWidth, rightWidth } = useView((state) => state.panels)
  return (
    <div className={styles['wideBody']}>
      {leftOpen && (
        <>
          <aside className={styles['panel']} aria-label="Microscope" style={{ width: leftWidth }}>
            <CamerasPanel />
            <ChannelsPanel />
            <StagePanel />
            <LightsPanel />
            <OtherDevicesPanel />
          </aside>
          <ResizeHandle
            label="Width of the left panel"
            panel="left"
            width={leftWidth}
            {...widths.left}
            onResize={(width) => patchPanels(view, { leftWidth: width })}
          />
        </>
      )}
      <main className={styles['image']}>
        <PaneGrid />
      </main>
      {rightOpen && (
        <>
          <ResizeHandle
            label="Width of the right panel"
            panel="right"
            width={rightWidth}
            {...widths.right}
            onResize={(width) => patchPanels(view, { rightWidth: width })}
          />
          <aside className={styles['panel']} aria-label="Camera and image" style={{ width: rightWidth }}>
            <CameraPanel />
            <DisplayPanel />
            <StreamPanel />
          </aside>
        </>
      )}
    </div>
  )
}
