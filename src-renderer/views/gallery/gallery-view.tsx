import { useStore } from 'zustand'
import { useServices } from '../../services.ts'
import { Messages } from '../messages.tsx'
import { ViewerView } from '../viewer/viewer-view.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { DeletedDialog } from './deleted-dialog.tsx'
import { GalleryList } from './gallery-list.tsx'
import { OwnPresses } from './own-presses.tsx'
import { RenameDialog } from './rename-dialog.tsx'
import styles from './gallery-view.module.css'

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
      <Messages at="corner" />
      <DeleteDialog />
      <RenameDialog />
      <DeletedDialog />
    </div>
  )
}
