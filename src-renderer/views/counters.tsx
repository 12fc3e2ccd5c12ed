import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { byteRate, byteSize, count, fixed } from '../components/format.ts'
import { useEngine, useShown } from '../services.ts'
import styles from './counters.module.css'

type CounterProps = {
  readonly name: string
  readonly help: string
  readonly value: string
  readonly bad?: boolean
}

function Counter({ name, help, value, bad = false }: CounterProps) {
  return (
    <Tooltip label={help} position="left">
      <div className={styles['counter']} data-bad={bad || undefined}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    </Tooltip>
  )
}

function Stage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles['stage']}>
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  )
}

/** Where the frames are and where they stay behind: camera, encoder, network, display. */
export function Counters({ detector }: { readonly detector: string }) {
  const stats = useEngine((state) => state.stats[detector])
  const shown = useShown((state) => state.stats)
  if (stats === undefined) return <p className={styles['none']}>Nothing is streaming.</p>
  const { camera, encoder, network } = stats
  return (
    <div className={styles['stages']}>
      <Stage title="Camera">
        <Counter name="Frame rate" help="What the camera delivers." value={`${fixed(camera.fps, 1)} fps`} />
        <Counter name="Frames" help="Since the stream was started." value={count(camera.frames)} />
        <Counter
          name="Lost"
          help="Gaps in the camera’s own frame numbers: frames that never reached this computer."
          value={count(camera.lost)}
          bad={camera.lost > 0}
        />
      </Stage>
      <Stage title="Encoding">
        <Counter
          name="Frame rate"
          help="Frames encoded, once for all viewers."
          value={`${fixed(encoder.fps, 1)} fps`}
        />
        <Counter
          name="Encoding lag"
          help="Frames left out because the encoder was still busy with an older one."
          value={count(encoder.overrun)}
        />
        <Counter
          name="Not due"
          help="Frames left out on purpose: the stream’s frame rate is lower than the camera’s."
          value={count(encoder.notDue)}
        />
        <Counter
          name="No viewer ready"
          help="Frames left out because nobody was ready for another."
          value={count(encoder.noViewer)}
        />
        {encoder.failed > 0 && (
          <Counter
            name="Failed"
            help="Frames that could not be encoded; see the alerts."
            value={count(encoder.failed)}
            bad
          />
        )}
        <Counter
          name="Time"
          help="To encode one frame, mean and longest of the last second."
          value={`${fixed(encoder.encodeMs, 1)} / ${fixed(encoder.encodeMsMax, 1)} ms`}
        />
        <Counter
          name="Size"
          help="Of one encoded frame, and how much smaller that is than its pixels."
          value={`${byteSize(encoder.bytesPerFrame)} · ${fixed(encoder.ratio, 2)} : 1`}
        />
      </Stage>
      <Stage title="Network">
        <Counter
          name="Viewers"
          help="Windows and pages that see this stream."
          value={count(network.viewers)}
        />
        <Counter name="Rate" help="To all viewers together." value={byteRate(network.bytesPerSecond)} />
        <Counter
          name="Network lag"
          help="Frames that viewers were too slow for, summed over all viewers."
          value={count(network.skipped)}
        />
      </Stage>
      {shown !== undefined && (
        <Stage title="Display">
          <Counter
            name="Frame rate"
            help="Received, and drawn here."
            value={`${fixed(shown.receivedFps, 1)} / ${fixed(shown.shownFps, 1)} fps`}
          />
          <Counter
            name="Rendering lag"
            help="Frames received here, but replaced by newer ones before they were drawn."
            value={count(shown.dropped)}
          />
          <Counter
            name="Missed"
            help="Frames of the stream that did not come to this viewer."
            value={count(shown.missed)}
          />
          <Counter
            name="Time"
            help="To decode and to draw one frame."
            value={`${fixed(shown.decodeMs, 1)} + ${fixed(shown.drawMs, 1)} ms`}
          />
          <Counter
            name="Latency"
            help="From the end of the grab to drawn: median, and 95 % are below the second."
            value={
              shown.latencyMs === undefined
                ? '–'
                : `${fixed(shown.latencyMs)} / ${shown.latencyP95Ms === undefined ? '–' : fixed(shown.latencyP95Ms)} ms`
            }
          />
        </Stage>
      )}
    </div>
  )
}
