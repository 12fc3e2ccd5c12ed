import { Button } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { showLive } from '../../actions/hardware-actions.ts'
import { useGallery, useServices } from '../../services.ts'
import styles from './gallery-empty.module.css'

/** Why there is nothing to see, and what to do about it. */
export function GalleryEmpty() {
  const services = useServices()
  const search = useGallery((state) => state.search)
  const complete = useGallery((state) => state.complete)
  if (search !== '' && !complete) {
    return (
      <div className={styles['empty']}>
        <h2>Nothing has “{search}” in it so far</h2>
        <p>Images that were not opened before are being read; what is found appears here.</p>
      </div>
    )
  }
  if (search !== '') {
    return (
      <div className={styles['empty']}>
        <h2>Nothing has “{search}” in it</h2>
        <p>
          All words must be in the name, a camera, a channel, a position or any other metadata. Fewer words
          find more.
        </p>
      </div>
    )
  }
  return (
    <div className={styles['empty']}>
      <IconPhoto size={34} stroke={1.2} aria-hidden="true" />
      <h2>Nothing has been kept yet</h2>
      <p>
        What you snap, record or acquire appears here. Press <b>Snap</b> for a single image or <b>Record</b>{' '}
        for a series, below at any time; <b>Acquire</b> runs time-lapses, stacks, tiles and several channels.
      </p>
      <p>
        <Button variant="default" onClick={() => showLive(services)}>
          To the live view
        </Button>{' '}
        <Button variant="default" onClick={() => services.view.setState({ place: 'acquire' })}>
          Plan an acquisition
        </Button>
      </p>
    </div>
  )
}
