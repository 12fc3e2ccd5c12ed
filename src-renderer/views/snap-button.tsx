import { Button, Tooltip } from '@mantine/core'
import { IconCamera } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { SnapResult } from '../../src-shared/capture.ts'
import { snap } from '../actions/snap-actions.ts'
import { OpenItemButton } from '../components/open-item-button.tsx'
import { useDetector, useEngine, useServices } from '../services.ts'
import { whyNotOperate } from '../stores/permission.ts'
import { deviceById } from '../stores/selectors.ts'
import styles from './status-bar.module.css'

/** How long it is said where the image is, ms. */
const saidForMs = 6000

const nameOf = ({ relativePath }: SnapResult) => relativePath.split('/').at(-1) ?? relativePath

/** Takes one image and says where it was kept. */
export function SnapButton({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const detector = useDetector()
  const ready = useEngine((state) => deviceById(state, detector)?.status.state === 'ready')
  const connected = useEngine((state) => state.connection.state === 'connected')
  const reason = useEngine((state) => whyNotOperate(state)?.reason)
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState<SnapResult>()
  useEffect(() => {
    const timer = setTimeout(() => setSaved(undefined), saidForMs)
    return () => clearTimeout(timer)
  }, [saved])

  async function take() {
    setBusy(true)
    setSaved(await snap(services))
    setBusy(false)
  }
  return (
    <>
      <Tooltip label={reason ?? 'Take one image at full bit depth and keep it'}>
        <Button
          variant="default"
          aria-label="Snap"
          loading={busy}
          disabled={!connected || !ready}
          {...(reason === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true })}
          leftSection={phone ? undefined : <IconCamera size={15} stroke={1.6} />}
          onClick={() => void take()}
        >
          {phone ? <IconCamera size={17} stroke={1.6} /> : 'Snap'}
        </Button>
      </Tooltip>
      {saved !== undefined && !phone && (
        <Tooltip label={saved.filePath}>
          <output className={styles['saved']}>{nameOf(saved)}</output>
        </Tooltip>
      )}
      {saved !== undefined && <OpenItemButton id={saved.relativePath} name={nameOf(saved)} phone={phone} />}
    </>
  )
}
