import { useStore } from 'zustand'
import { useServices } from '../../services.ts'
import { ControlRequest } from '../control-request.tsx'
import { LostBanner } from '../lost-banner.tsx'
import { Notices } from '../notices.tsx'
import { ViewerView } from '../viewer/viewer-view.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { DeletedDialog } from './deleted-dialog.tsx'
import { GalleryList } from './gallery-list.tsx'
import { OwnPresses } from './own-presses.tsx'
import styles from './gallery-view.module.css'
import { UndoBar } from './undo-bar.tsx'

/** What was kept: all of it, or the item that is open. */
export function GalleryView({ phone }: { readonly phone: boolean }) {
  const { viewing } = useServices()
  const viewer = useStore(viewing, (state) => state.viewer)
  return (
    <div className={styles['view']}>
      <OwnPresses key={viewer === undefined ? 'list' : 'item'}>
        {viewer === undefined ? (
          <GalleryList />
        ) : (
          <ViewerView key={viewer.id} viewer={viewer} phone={phone} />
        )}
      </OwnPresses>
      <div className={styles['messages']}>
        <LostBanner />
        <ControlRequest />
        <Notices />
        <UndoBar />
      </div>
      <DeleteDialog />
      <DeletedDialog />
    </div>
  )
}
