import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core'
import { IconChevronUp, IconPlayerRecordFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { isRecording, startRecording, stopRecording } from '../../actions/record-actions.ts'
import { OpenItemButton } from '../../components/open-item-button.tsx'
import { useDetector, useEngine, useServices } from '../../services.ts'
import { whyNotAct, whyNotOperate } from '../../stores/permission.ts'
import { deviceById } from '../../stores/selectors.ts'
import { RecordOptions } from './record-options.tsx'
import { RecordProgress } from './record-progress.tsx'
import styles from './record.module.css'

/** Starts a recording as chosen last, ends it, and says how it goes. */
export function RecordButton({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const detector = useDetector()
  const recording = useEngine((state) => state.recording)
  const ready = useEngine((state) => deviceById(state, detector)?.status.state === 'ready')
  const connected = useEngine((state) => state.connection.state === 'connected')
  const busy = isRecording(recording)
  const reason = useEngine((state) => (busy ? whyNotAct(state) : whyNotOperate(state))?.reason)
  const [pending, setPending] = useState(false)
  const [open, setOpen] = useState(false)

  async function toggle() {
    setOpen(false)
    setPending(true)
    await (busy ? stopRecording(services) : startRecording(services))
    setPending(false)
  }
  const refused = reason === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true }
  return (
    <div className={styles['record']} role="group" aria-label="Recording">
      <Button.Group>
        <Tooltip label={reason ?? (busy ? 'End the recording (R)' : 'Record every frame of this camera (R)')}>
          <Button
            className={styles['button'] ?? ''}
            variant="default"
            aria-label={busy ? 'Stop recording' : 'Record'}
            loading={pending || recording?.state === 'finishing'}
            disabled={!connected || (!busy && !ready)}
            {...refused}
            leftSection={
              busy ? (
                <IconPlayerStopFilled className={styles['live']} size={13} />
              ) : (
                <IconPlayerRecordFilled className={styles['dot']} size={13} />
              )
            }
            onClick={() => void toggle()}
          >
            {phone ? null : busy ? 'Stop' : 'Record'}
          </Button>
        </Tooltip>
        <Popover opened={open && !busy} onChange={setOpen} position="top-start" withArrow shadow="md">
          <Popover.Target>
            <ActionIcon
              className={styles['more']}
              variant="default"
              aria-label="How to record"
              disabled={!connected || busy}
              onClick={() => setOpen((was) => !was)}
            >
              <IconChevronUp size={14} stroke={1.6} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <RecordOptions />
          </Popover.Dropdown>
        </Popover>
      </Button.Group>
      {recording !== undefined && !phone && <RecordProgress status={recording} />}
      {recording !== undefined && !busy && recording.frames.written > 0 && (
        <OpenItemButton id={recording.id} name={recording.name} phone={phone} />
      )}
    </div>
  )
}
