/** What changes in the engine, as ImSwitch's signals. */
import { encode } from '@msgpack/msgpack'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { detectorParameters } from './detector-parameters.ts'
import type { ImSwitchState } from './imswitch-state.ts'
import { lightState } from './laser-calls.ts'
import { objectiveOf, objectiveStatus } from './objective-calls.ts'
import { positionOf, stages } from './positioner-calls.ts'

type Signal = { readonly name: string; readonly args: Readonly<Record<string, unknown>> }

const signal = (name: string, ...args: readonly unknown[]): Signal => ({
  name,
  args: Object.fromEntries(args.map((value, index) => [`p${index}`, value])),
})

/** The attachment of their event `signal_msgpack`. */
export function packSignal(message: Signal): Buffer {
  const bytes = encode(message)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What a client that has just connected must know: positions reach their pages by signals only. */
export function firstSignals(engine: Engine): Signal[] {
  return stages(engine).flatMap(({ id, position }) =>
    position === undefined ? [] : [signal('sigUpdateMotorPosition', { [id]: positionOf(position) })],
  )
}

/** Tells `send` of changes until the returned function is called. */
export function followSignals(
  engine: Engine,
  state: ImSwitchState,
  send: (message: Signal) => void,
): () => void {
  /** What was told last, as JSON: pages must not be told the same again and again. */
  const told = new Map<string, string>()
  const sendChange = (message: Signal, about: string): void => {
    const text = JSON.stringify(message.args)
    if (told.get(`${message.name}:${about}`) === text) return
    told.set(`${message.name}:${about}`, text)
    send(message)
  }
  const tellCamera = (camera: DeviceState): void => {
    const parameters = detectorParameters(camera, state.pixelSizes.of(camera.id))
    const update = { detectorName: camera.id, parameters }
    sendChange(signal('sigDetectorParametersUpdated', update), camera.id)
  }
  const tellObjective = (): void => {
    if (objectiveOf(engine) === undefined) return
    if (!engine.devices.devices().some(({ description }) => description.kind === 'camera')) return
    sendChange(signal('sigObjectiveChanged', objectiveStatus(engine, state)), 'objective')
  }
  const tellDevice = (device: DeviceState): void => {
    switch (device.description.kind) {
      case 'camera':
        return tellCamera(device)
      case 'light':
        return sendChange(signal('sigUpdateLaserPower', lightState(device)), device.id)
      case 'turret':
        return tellObjective()
      case 'stage':
      case 'shutter':
      case 'autofocus':
        return undefined
    }
  }
  const tell = (event: EngineEvent): void => {
    if (event.type === 'deviceChanged') tellDevice(event.device)
    if (event.type === 'stageMoved')
      send(signal('sigUpdateMotorPosition', { [event.deviceId]: positionOf(event.position) }))
    if (event.type === 'focusChanged') {
      const { curve } = event.focus
      const places = curve.map(({ zUm }) => zUm)
      const scores = curve.map(({ score }) => score)
      if (curve.length > 0) send(signal('sigUpdateFocusPlot', places, scores))
    }
    if (event.type === 'streamStarted')
      send(signal('sigStreamStarted', event.stream.detectorName, event.stream.protocol))
    if (event.type === 'streamStopped') send(signal('sigStreamStopped', event.detectorName, event.protocol))
  }
  const ends = [
    engine.on(tell),
    state.focusMonitor.on(({ score, capturedAt }) =>
      send(signal('sigAutoFocusLiveValue', { focus_value: score, timestamp: capturedAt / 1000 })),
    ),
    state.pixelSizes.on(({ detectorName }) => {
      tellObjective()
      const camera = engine.devices.devices().find(({ id }) => id === detectorName)
      if (camera !== undefined) tellCamera(camera)
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
