import { Button, Popover, Tooltip, UnstyledButton } from '@mantine/core'
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { isRecording } from '../actions/record-actions.ts'
import { toggleLive } from '../actions/live-actions.ts'
import { fixed } from '../components/format.ts'
import { useDetector, useEngine, useServices, useSession, useShown, useView } from '../services.ts'
import { whyNotAct, whyNotOperate } from '../stores/permission.ts'
import { deviceById, statsOf, streamOf, watchedProtocol } from '../stores/selectors.ts'
import { RunStatus } from './acquire/run-status.tsx'
import { Counters } from './counters.tsx'
import { RecordButton } from './record/record-button.tsx'
import { SnapButton } from './snap-button.tsx'
import styles from './status-bar.module.css'
import { ZoomControls } from './zoom-controls.tsx'

/** Start and stop, how well it runs, and how large it is shown. */
export function StatusBar({ phone }: { readonly phone: boolean }) {
  const live = useView((state) => state.place === 'live')
  const recording = useEngine((state) => isRecording(state.recording))
  return (
    <footer className={styles['bar']}>
      <LiveButton />
      <SnapButton phone={phone} />
      <RecordButton phone={phone} />
      <RunStatus phone={phone} />
      {/* A phone has room for one of them. */}
      {!(phone && recording) && <Rates phone={phone} />}
      {live && <ZoomControls phone={phone} />}
    </footer>
  )
}

function LiveButton() {
  const services = useServices()
  const detector = useDetector()
  const live = useEngine((state) => streamOf(state.streams, detector) !== undefined)
  const ready = useEngine((state) => deviceById(state, detector)?.status.state === 'ready')
  const connected = useEngine((state) => state.connection.state === 'connected')
  const pending = useSession((state) => (detector === undefined ? undefined : state.pending[detector]))
  const refusal = useEngine((state) => (live ? whyNotOperate(state) : whyNotAct(state)))
  const usual = live ? 'Stop the live view (L)' : 'Start the live view (L)'
  return (
    <Tooltip label={refusal?.reason ?? usual}>
      <Button
        className={styles['live'] ?? ''}
        variant={live ? 'default' : 'filled'}
        color="live.4"
        autoContrast
        aria-label={live ? 'Stop live view' : 'Start live view'}
        disabled={!connected || pending !== undefined || (!live && !ready)}
        // Not `disabled`, which would hide the tooltip that says why.
        {...(refusal === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true })}
        leftSection={
          live ? (
            <IconPlayerStopFilled className={styles['stopIcon']} size={13} />
          ) : (
            <IconPlayerPlayFilled size={13} />
          )
        }
        onClick={() => void toggleLive(services)}
      >
        {live ? 'Stop' : 'Start'}
      </Button>
    </Tooltip>
  )
}

type RateProps = {
  readonly name: string
  readonly value: string
  readonly width: string
  readonly bad?: boolean
}

function Rate({ name, value, width, bad = false }: RateProps) {
  return (
    <span className={styles['rate']} data-bad={bad || undefined}>
      <span className={styles['value']} style={{ minWidth: width }}>
        {value}
      </span>{' '}
      {name}
    </span>
  )
}

function Rates({ phone }: { readonly phone: boolean }) {
  const detector = useDetector()
  const [open, setOpen] = useState(false)
  const live = useEngine(
    (state) => state.connection.state === 'connected' && streamOf(state.streams, detector) !== undefined,
  )
  const view = useView((state) => state)
  const protocol = useEngine((state) => watchedProtocol(state, view, detector))
  const cameraFps = useEngine((state) => statsOf(state, detector, protocol)?.camera.fps)
  const lost = useEngine((state) => statsOf(state, detector, protocol)?.camera.lost)
  const roundTrip = useShown((state) => state.stats?.roundTripMs)
  const shownFps = useShown((state) => state.stats?.shownFps)
  const latency = useShown((state) => state.stats?.latencyMs)
  if (detector === undefined) return <span className={styles['rates']} />
  const number = (value: number | undefined, decimals: number) =>
    live && value !== undefined ? fixed(value, decimals) : '–'
  return (
    <Popover width={phone ? 340 : 420} position="top-start" opened={open} onChange={setOpen}>
      <Popover.Target>
        <UnstyledButton
          className={styles['rates']}
          aria-label="Frame counters"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOpen(false)
          }}
        >
          {!phone && <Rate name="camera" value={number(cameraFps, 1)} width="5ch" />}
          <Rate name={phone ? 'fps' : 'shown'} value={number(shownFps, 1)} width="5ch" />
          {/* A phone has room for what is wrong; the rest is in the counters. */}
          {(!phone || (lost ?? 0) > 0) && (
            <Rate name="lost" value={number(lost, 0)} width="2ch" bad={live && (lost ?? 0) > 0} />
          )}
          {!phone && <Rate name="ms" value={number(latency, 0)} width="3ch" />}
          {!phone && protocol === 'webrtc' && (
            <Rate name="ms round trip" value={number(roundTrip, 0)} width="3ch" />
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Frame counters">
        <Counters detector={detector} protocol={protocol} />
      </Popover.Dropdown>
    </Popover>
  )
}
