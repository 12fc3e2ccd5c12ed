import { Button, Loader } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { reconnectDevice } from '../actions/device-actions.ts'
import { selectDetector, startLive } from '../actions/live-actions.ts'
import { Countdown } from '../components/countdown.tsx'
import { compact } from '../components/format.ts'
import { useDetector, useEngine, useServices, useSession, useShown } from '../services.ts'
import { whyNotAct } from '../stores/permission.ts'
import { deviceById, streamOf } from '../stores/selectors.ts'
import styles from './image-message.module.css'
import { useDevices } from './use-devices.ts'

/** What to say or ask over the image: why there is none, or what to do to get one. Nothing while all is well. */
export function ImageMessage() {
  const detector = useDetector()
  const synchronised = useEngine((state) => state.synchronised)
  const connected = useEngine((state) => state.connection.state === 'connected')
  const status = useEngine((state) => deviceById(state, detector)?.status)
  const stream = useEngine((state) => streamOf(state.streams, detector))
  const asked = useSession((state) => state.longExposure?.detectorName === detector)
  const endedLong = useEngine(
    (state) => state.ended?.detectorName === detector && state.ended?.reason === 'long_exposure',
  )
  const channelError = useShown((state) => state.channel.error)
  const hasFrame = useShown((state) => state.frame !== undefined)

  if (!synchronised) return connected ? null : <Connecting />
  if (detector === undefined) return <NoCamera />
  if (status === undefined) return <CameraGone detector={detector} />
  if (status.state === 'connecting') return <Waiting title="The camera is being opened…" />
  if (status.state === 'error') return <CameraLost detector={detector} />
  if (stream === undefined) {
    if (asked || endedLong) return <LongExposureQuestion detector={detector} />
    return <StartButton detector={detector} />
  }
  if (channelError !== undefined) {
    return (
      <Message title={channelError.message} alert>
        {channelError.hint}
      </Message>
    )
  }
  return hasFrame ? null : <FirstFrame detector={detector} />
}

type MessageProps = { readonly title: string; readonly alert?: boolean; readonly children?: ReactNode }

function Message({ title, alert = false, children }: MessageProps) {
  return (
    <div className={styles['message']} role={alert ? 'alert' : 'status'}>
      <h2>{title}</h2>
      {children !== undefined && <div className={styles['text']}>{children}</div>}
    </div>
  )
}

function Waiting({ title }: { readonly title: string }) {
  return (
    <div className={styles['message']} data-quiet="" role="status">
      <Loader size={18} color="gray" />
      <h2>{title}</h2>
    </div>
  )
}

function Connecting() {
  const lost = useEngine((state) =>
    state.connection.state === 'lost' ? state.connection.message : undefined,
  )
  return lost === undefined ? <Waiting title="Connecting to Coverslip…" /> : <Message title={lost} />
}

function NoCamera() {
  const cameras = useDevices('camera').length
  if (cameras > 0) {
    return (
      <Message title="Which camera?">
        <CameraChoice />
      </Message>
    )
  }
  return (
    <Message title="No camera">
      None is connected, or none has been set up. Cameras appear here as soon as they are found.
    </Message>
  )
}

function CameraGone({ detector }: { readonly detector: string }) {
  return (
    <Message title="This camera is not here any more" alert>
      <p>“{detector}” is not among the devices now. Its image comes back with it.</p>
      <CameraChoice />
    </Message>
  )
}

/** Shows one of the cameras in this pane. */
function CameraChoice() {
  const services = useServices()
  const cameras = useDevices('camera')
  return (
    <div className={styles['actions']}>
      {cameras.map((camera) => (
        <Button key={camera.id} variant="default" onClick={() => void selectDetector(services, camera.id)}>
          {camera.description.name}
        </Button>
      ))}
    </div>
  )
}

function CameraLost({ detector }: { readonly detector: string }) {
  const services = useServices()
  const camera = useEngine((state) => deviceById(state, detector))
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  if (camera?.status.state !== 'error') return null
  const { message, hint, retryAt } = camera.status
  return (
    <Message title={`${camera.description.name} is not available`} alert>
      <p>{message}</p>
      {hint !== undefined && <p className={styles['hint']}>{hint}</p>}
      <div className={styles['actions']}>
        {!watching && (
          <Button variant="default" onClick={() => void reconnectDevice(services, detector)}>
            Reconnect now
          </Button>
        )}
        {retryAt !== undefined && (
          <span className={styles['hint']}>
            Next try <Countdown at={retryAt} />
          </span>
        )}
      </div>
    </Message>
  )
}

/** The exposure as one reads it: `2.5 s`, `800 ms`. */
function duration(ms: number): string {
  return ms >= 1000 ? `${compact(ms / 1000, 3)} s` : `${compact(ms, 3)} ms`
}

function LongExposureQuestion({ detector }: { readonly detector: string }) {
  const services = useServices()
  const refusal = useSession((state) => state.longExposure)
  const threshold = useEngine((state) => state.settings?.longExposureMs)
  const starting = useSession((state) => state.pending[detector] !== undefined)
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  return (
    <Message title="The exposure is long for a live view">
      <p>
        {refusal?.detectorName === detector
          ? `At ${duration(refusal.exposureMs)} the image changes only once in that time.`
          : 'The live view was stopped because the exposure was made that long.'}{' '}
        {threshold !== undefined && `Above ${duration(threshold)} it starts only when you say so.`}
      </p>
      <div className={styles['actions']} hidden={watching}>
        <Button
          color="live.4"
          autoContrast
          loading={starting}
          onClick={() => void startLive(services, { detector, force: true })}
        >
          Start anyway
        </Button>
        <Button variant="default" loading={starting} onClick={() => void startLive(services, { detector })}>
          Try again
        </Button>
      </div>
    </Message>
  )
}

function StartButton({ detector }: { readonly detector: string }) {
  const services = useServices()
  const name = useEngine((state) => deviceById(state, detector)?.description.name)
  const pending = useSession((state) => state.pending[detector])
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  if (pending === 'stopping') return null
  if (watching) {
    return <Message title="Nothing is live">The image appears here as soon as somebody starts it.</Message>
  }
  return (
    <div className={styles['start']}>
      <Button
        size="md"
        color="live.4"
        autoContrast
        loading={pending !== undefined}
        leftSection={<IconPlayerPlayFilled size={16} />}
        onClick={() => void startLive(services, { detector })}
      >
        Start live view
      </Button>
      <span className={styles['startName']}>{name}</span>
    </div>
  )
}

function FirstFrame({ detector }: { readonly detector: string }) {
  const exposure = useEngine(
    (state) =>
      deviceById(state, detector)?.properties.find((property) => property.name === 'exposureMs')?.value,
  )
  const long = typeof exposure === 'number' && exposure > 500
  return <Waiting title={long ? `Exposing for ${duration(exposure)}…` : 'Waiting for the first image…'} />
}
