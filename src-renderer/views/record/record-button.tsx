import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core'
import {
  IconChevronUp,
  IconPlayerRecordFilled,
  IconPlayerStopFilled,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import {
  isRecording,
  mustWait,
  stopRecording,
  toggleRecording,
  whyNotRecord,
} from '../../actions/record-actions.ts'
import { OpenItemButton } from '../../components/open-item-button.tsx'
import { RefusedFieldsContext, useRefusedFields } from '../../components/refused-fields.ts'
import { useDetector, useEngine, useServices, useSession } from '../../services.ts'
import { deviceById } from '../../stores/selectors.ts'
import { RecordOptions } from './record-options.tsx'
import { RecordProgress } from './record-progress.tsx'
import styles from './record.module.css'

type Face = {
  readonly label: string
  readonly text: string
  readonly hint: string
  readonly icon: TablerIcon
}

/** What the button does at the moment. */
const faces = {
  idle: {
    label: 'Record',
    text: 'Record',
    hint: 'Record every frame of this camera (R)',
    icon: IconPlayerRecordFilled,
  },
  waiting: {
    label: 'Begin recording',
    text: 'Begin',
    hint: 'Begin now, whatever it waits for (R)',
    icon: IconPlayerRecordFilled,
  },
  busy: {
    label: 'Stop recording',
    text: 'Stop',
    hint: 'End the recording (R)',
    icon: IconPlayerStopFilled,
  },
} as const satisfies Record<string, Face>

/** Starts a recording as chosen last, begins it where it waits, ends it, and says how it goes. */
export function RecordButton({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const detector = useDetector()
  const recording = useEngine((state) => state.recording)
  const ready = useEngine((state) => deviceById(state, detector)?.status.state === 'ready')
  const connected = useEngine((state) => state.connection.state === 'connected')
  const busy = isRecording(recording)
  const waiting = recording?.state === 'waiting'
  const face = faces[waiting ? 'waiting' : busy ? 'busy' : 'idle']
  const reason = useEngine((state) => whyNotRecord(state)?.reason)
  const pending = useSession(({ recordingCall }) => mustWait(recordingCall, { ends: busy && !waiting }))
  const ending = useSession(({ recordingCall }) => mustWait(recordingCall, { ends: true }))
  const [open, setOpen] = useState(false)
  /** Of the options that are open: what would be recorded is not what stands there. */
  const [[wrong], tellRefused] = useRefusedFields()

  function act(action: (to: typeof services) => Promise<void>) {
    setOpen(false)
    void action(services)
  }
  const refusal =
    reason ?? (wrong === undefined ? undefined : `${wrong.label ?? 'An option'}: ${wrong.reason}`)
  const refused = refusal === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true }
  return (
    <div className={styles['record']} role="group" aria-label="Recording">
      <Button.Group>
        <Tooltip label={refusal ?? face.hint}>
          <Button
            className={styles['button'] ?? ''}
            variant="default"
            aria-label={face.label}
            data-waiting={waiting || undefined}
            loading={pending || recording?.state === 'finishing'}
            disabled={!connected || (!busy && !ready)}
            {...refused}
            leftSection={<face.icon className={styles['dot']} size={13} aria-hidden="true" />}
            onClick={() => {
              if (wrong === undefined) act(toggleRecording)
            }}
          >
            {phone && !waiting ? null : face.text}
          </Button>
        </Tooltip>
        {waiting ? (
          <Tooltip label="Do not wait any longer: nothing is recorded">
            <ActionIcon
              className={styles['more']}
              variant="default"
              aria-label="Do not record"
              disabled={!connected || ending}
              onClick={() => act(stopRecording)}
            >
              <IconX size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        ) : (
          <Popover
            opened={open && !busy}
            onChange={setOpen}
            // A field that was left has counted by then, or says why not: then it stays open. A touch ends too early.
            clickOutsideEvents={['mouseup']}
            closeOnClickOutside={wrong === undefined}
            position="top-start"
            withArrow
            shadow="md"
          >
            <Popover.Target>
              <ActionIcon
                className={styles['more']}
                variant="default"
                aria-label="How to record"
                disabled={!connected || busy}
                onClick={() => setOpen((was) => !was || wrong !== undefined)}
              >
                <IconChevronUp size={14} stroke={1.6} />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown>
              <RefusedFieldsContext value={tellRefused}>
                <RecordOptions />
              </RefusedFieldsContext>
            </Popover.Dropdown>
          </Popover>
        )}
      </Button.Group>
      {recording !== undefined && busy && <RecordProgress status={recording} phone={phone} />}
      {recording !== undefined && !busy && <LastRecording status={recording} phone={phone} />}
    </div>
  )
}

type LastRecordingProps = { readonly status: AcquisitionStatus; readonly phone: boolean }

/** What the last recording has become, until it was looked at, put away, or the next one starts. */
function LastRecording({ status, phone }: LastRecordingProps) {
  const { session, viewing } = useServices()
  const closed = useSession((state) => state.closedRecording === status.id)
  const open = useStore(viewing, (state) => state.viewer?.id === status.id)
  useEffect(() => {
    if (open) session.setState({ closedRecording: status.id })
  }, [session, open, status.id])
  // A phone has no room for words, and nothing to open there.
  if (closed || (phone && status.frames.written === 0)) return null
  return (
    <>
      {!phone && <RecordProgress status={status} phone={phone} />}
      {status.frames.written > 0 && <OpenItemButton id={status.id} name={status.name} phone={phone} />}
      <Tooltip label="It is kept in the gallery">
        <ActionIcon
          size={22}
          aria-label={`Put ${status.name} away`}
          onClick={() => session.setState({ closedRecording: status.id })}
        >
          <IconX size={13} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
