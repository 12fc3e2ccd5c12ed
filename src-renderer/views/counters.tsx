import { Tooltip } from '@mantine/core'
import type { StreamStats } from '../../src-shared/live-view.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import { byteRate, byteSize, count, fixed } from '../components/format.ts'
import type { DisplayStats } from '../display/display-types.ts'
import { useEngine, useShown } from '../services.ts'
import { statsOf } from '../stores/selectors.ts'
import styles from './counters.module.css'

type Counter = {
  readonly name: string
  readonly help: string
  readonly value: string
  readonly bad?: boolean
}

type CountersProps = { readonly detector: string; readonly protocol: Protocol | undefined }

/** Where the frames are and where they stay behind: camera, encoder, network, display. */
export function Counters({ detector, protocol }: CountersProps) {
  const stats = useEngine((state) => statsOf(state, detector, protocol))
  const shown = useShown((state) => state.stats)
  if (stats === undefined) return <p className={styles['none']}>Nothing is streaming.</p>
  return (
    <div className={styles['stages']}>
      <Stage title="Camera" counters={cameraCounters(stats.camera)} />
      <Stage title="Encoding" counters={encoderCounters(stats.encoder)} />
      <Stage title="Network" counters={networkCounters(stats.network)} />
      {shown !== undefined && <Stage title="Display" counters={displayCounters(shown)} />}
    </div>
  )
}

function Stage({ title, counters }: { readonly title: string; readonly counters: readonly Counter[] }) {
  return (
    <section className={styles['stage']}>
      <h3>{title}</h3>
      <dl>
        {counters.map(({ name, help, value, bad = false }) => (
          <Tooltip key={name} label={help} position="left">
            <div className={styles['counter']} data-bad={bad || undefined}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          </Tooltip>
        ))}
      </dl>
    </section>
  )
}

function cameraCounters({ fps, frames, lost }: StreamStats['camera']): readonly Counter[] {
  return [
    { name: 'Frame rate', help: 'What the camera delivers.', value: `${fixed(fps, 1)} fps` },
    { name: 'Frames', help: 'Since the stream was started.', value: count(frames) },
    {
      name: 'Lost',
      help: 'Gaps in the camera’s own frame numbers: frames that never reached this computer.',
      value: count(lost),
      bad: lost > 0,
    },
  ]
}

function encoderCounters(encoder: StreamStats['encoder']): readonly Counter[] {
  const failed = {
    name: 'Failed',
    help: 'Frames that could not be encoded; see the alerts.',
    value: count(encoder.failed),
    bad: true,
  }
  return [
    {
      name: 'Frame rate',
      help: 'Frames encoded, once for all viewers.',
      value: `${fixed(encoder.fps, 1)} fps`,
    },
    {
      name: 'Encoding lag',
      help: 'Frames left out because the encoder was still busy with an older one.',
      value: count(encoder.overrun),
    },
    {
      name: 'Not due',
      help: 'Frames left out on purpose: the stream’s frame rate is lower than the camera’s.',
      value: count(encoder.notDue),
    },
    {
      name: 'No viewer ready',
      help: 'Frames left out because nobody was ready for another.',
      value: count(encoder.noViewer),
    },
    ...(encoder.failed > 0 ? [failed] : []),
    {
      name: 'Time',
      help: 'To encode one frame, mean and longest of the last second.',
      value: `${fixed(encoder.encodeMs, 1)} / ${fixed(encoder.encodeMsMax, 1)} ms`,
    },
    {
      name: 'Size',
      help: 'Of one encoded frame, and how much smaller that is than its pixels.',
      value: `${byteSize(encoder.bytesPerFrame)} · ${fixed(encoder.ratio, 2)} : 1`,
    },
  ]
}

function networkCounters({ viewers, bytesPerSecond, skipped }: StreamStats['network']): readonly Counter[] {
  return [
    { name: 'Viewers', help: 'Windows and pages that see this stream.', value: count(viewers) },
    { name: 'Rate', help: 'To all viewers together.', value: byteRate(bytesPerSecond) },
    {
      name: 'Network lag',
      help: 'Frames that viewers were too slow for, summed over all viewers.',
      value: count(skipped),
    },
  ]
}

function displayCounters(shown: DisplayStats): readonly Counter[] {
  const { latencyMs, latencyP95Ms, roundTripMs } = shown
  const ms = (value: number | undefined) => (value === undefined ? '–' : fixed(value))
  const connection = [
    { name: 'Rate', help: 'Received here.', value: byteRate(shown.bytesPerSecond) },
    { name: 'Round trip', help: 'Of the WebRTC connection.', value: `${ms(roundTripMs)} ms` },
  ]
  return [
    {
      name: 'Frame rate',
      help: 'Received, and drawn here.',
      value: `${fixed(shown.receivedFps, 1)} / ${fixed(shown.shownFps, 1)} fps`,
    },
    {
      name: 'Rendering lag',
      help: 'Frames received here, but replaced by newer ones before they were drawn.',
      value: count(shown.dropped),
    },
    {
      name: 'Missed',
      help: 'Frames of the stream that did not come to this viewer.',
      value: count(shown.missed),
    },
    {
      name: 'Time',
      help: 'To decode and to draw one frame.',
      value: `${fixed(shown.decodeMs, 1)} + ${fixed(shown.drawMs, 1)} ms`,
    },
    {
      name: 'Latency',
      help: 'From the end of the grab to drawn: median, and 95 % are below the second.',
      value: latencyMs === undefined ? '–' : `${ms(latencyMs)} / ${ms(latencyP95Ms)} ms`,
    },
    ...(roundTripMs === undefined ? [] : connection),
  ]
}
