import { useView } from '../services.ts'
import { ControlRequest } from './control-request.tsx'
import { UndoBar } from './gallery/undo-bar.tsx'
import { LostBanner } from './lost-banner.tsx'
import styles from './messages.module.css'
import { Notices } from './notices.tsx'
import { usePhone } from './use-phone.ts'

type MessagesProps = {
  /**
   * `image`: over the upper edge of an image; `corner`: over the lower right of a view; `strip`: between the bar above
   * and the view, which makes room for them.
   */
  readonly at: 'image' | 'corner' | 'strip'
}

/** What must be seen at once. A narrow window has room beside the controls only in a strip, a wide one over the view. */
export function Messages({ at }: MessagesProps) {
  const phone = usePhone()
  const inGallery = useView((state) => state.place === 'gallery')
  if (phone !== (at === 'strip')) return null
  return (
    <div className={styles['messages']} data-at={at}>
      <LostBanner />
      <ControlRequest />
      <Notices most={phone ? 1 : 3} />
      {inGallery && <UndoBar />}
    </div>
  )
}
