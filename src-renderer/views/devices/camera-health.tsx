import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { type CameraHealth, type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import { byteRate, count, fixed } from '../../components/format.ts'
import { useServices } from '../../services.ts'
import { deviceById, propertyOf } from '../../stores/selectors.ts'
import styles from './camera-health.module.css'
import { type HealthSample, recentCounts, withSample } from './health-trend.ts'
import { type Finding, healthFindings } from './health-words.ts'

/** How well a camera's frames arrive: figures, and words when something is wrong. */
export function CameraHealthPanel({ camera }: { readonly camera: DeviceState }) {
  const { health, acquiring } = camera
  const samples = useSamples(camera)
  const recent = recentCounts(samples)
  const running = acquiring === true && health !== undefined && recent !== undefined
  return (
    <section className={styles['health']} aria-label="Camera health">
      <dl className={styles['figures']}>
        {figures(camera, samples.at(-1)?.health).map(({ name, help, value, bad = false }) => (
          <Tooltip key={name} label={help}>
            <div data-bad={bad || undefined}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          </Tooltip>
        ))}
      </dl>
      {running ? (
        <Findings findings={healthFindings({ health, recent, properties: camera.properties })} />
      ) : (
        <p className={styles['idle']}>
          {acquiring === true
            ? 'This camera does not tell how its frames arrive.'
            : 'The camera is not running.'}
        </p>
      )}
    </section>
  )
}

/** What the camera's health was over the last minute, as long as the page shows it. */
function useSamples({ id, health }: DeviceState): readonly HealthSample[] {
  const { engine } = useServices()
  const [samples, setSamples] = useState<readonly HealthSample[]>(() =>
    health === undefined ? [] : [sampleOf(health)],
  )
  useEffect(
    () =>
      engine.subscribe((state) => {
        const now = deviceById(state, id)?.health
        if (now !== undefined) setSamples((before) => withSample(before, sampleOf(now)))
      }),
    [engine, id],
  )
  return samples
}

function sampleOf(health: CameraHealth): HealthSample {
  return { atMs: Date.now(), health }
}

type Figure = {
  readonly name: string
  readonly help: string
  readonly value: string
  readonly bad?: boolean
}

/** @param last what it counted when it was last running, so that no figure vanishes when it stops */
function figures(camera: DeviceState, last: CameraHealth | undefined): readonly Figure[] {
  const health = camera.acquiring === true ? camera.health : undefined
  const temperature = propertyOf(camera, standardProperty.temperatureC)
  const counted = (value: number | undefined) => (value === undefined ? '–' : count(value))
  const counter = (
    name: string,
    help: string,
    key: 'incompleteFrames' | 'lostPackets' | 'resentPackets',
  ): readonly Figure[] => {
    // What was never counted does not apply to its interface.
    if (last?.[key] === undefined) return []
    const bad = key === 'incompleteFrames' && (health?.[key] ?? 0) > 0
    return [{ name, help, value: counted(health?.[key]), bad }]
  }
  return [
    {
      name: 'Rate',
      help: 'Frames that arrived in the last second.',
      value: health === undefined ? '–' : `${fixed(health.framesPerSecond, 1)} fps`,
    },
    {
      name: 'Bandwidth',
      help: 'Pixels that arrived in the last second.',
      value: health === undefined ? '–' : byteRate(health.bytesPerSecond),
    },
    { name: 'Frames', help: 'Since the camera was started.', value: counted(health?.frames) },
    ...counter('Incomplete', 'Frames that arrived with pixels missing, since the start.', 'incompleteFrames'),
    ...counter('Lost packets', 'Packets that did not arrive at first, since the start.', 'lostPackets'),
    ...counter('Sent again', 'Lost packets that came when they were asked for again.', 'resentPackets'),
    ...(temperature?.type === 'number'
      ? [
          {
            name: 'Temperature',
            help: 'Of the sensor, as the camera measures it.',
            value: `${fixed(temperature.value, 1)} °C`,
          },
        ]
      : []),
  ]
}

const icons = { good: IconCircleCheck, notice: IconInfoCircle, problem: IconAlertTriangle }

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className={styles['findings']} role="status">
      {findings.map(({ severity, message, hint }) => {
        const Icon = icons[severity]
        return (
          <li key={message} data-severity={severity}>
            <Icon size={15} stroke={1.7} aria-hidden="true" />
            <span>
              {message} {hint !== undefined && <span className={styles['hint']}>{hint}</span>}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
