/**
 * The simulated microscope: a section of kidney-like tissue, seen through stage, focus, objective, filter and light
 * sources by a monochrome camera, and from afar by a colour camera. Everything that a user does with hardware can be
 * tried on it.
 */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Connection, Driver } from '../sdk/driver.ts'
import { SimulatedCamera } from './camera.ts'
import { ColourImager, overviewHeight, overviewWidth } from './colour-imager.ts'
import { FaultInjector } from './faults.ts'
import { Microscope } from './microscope.ts'
import { MonoImager } from './mono-imager.ts'
import { parseOptions, type SimulatorOptions } from './options.ts'
import { channelPresets } from './presets.ts'

const address = 'demo'

function connect(options: SimulatorOptions): Connection {
  const { seed, counter, width, height, frameRate, shutter, triggerCable } = options
  const faults = new FaultInjector(options)
  const microscope = new Microscope({
    seed,
    settle: () => camera.settled(),
    ...(triggerCable
      ? { triggerCamera: { cameraId: 'camera', expose: (sinceMs: number) => camera.exposeOnPulse(sinceMs) } }
      : {}),
    faults,
    hasShutter: shutter,
  })
  const camera = new SimulatedCamera({
    description: {
      id: 'camera',
      name: 'Camera 1',
      model: 'Simulated sCMOS camera',
      serialNumber: `SIM-${seed}`,
      sensorWidth: width,
      sensorHeight: height,
    },
    imager: new MonoImager({ microscope, seed, width, height, frameRate }),
    counter,
    faults,
  })
  const overview = new SimulatedCamera({
    description: {
      id: 'overview',
      name: 'Camera 2 (colour)',
      model: 'Simulated overview camera',
      sensorWidth: overviewWidth,
      sensorHeight: overviewHeight,
    },
    imager: new ColourImager({ microscope, seed }),
    counter,
  })
  faults.onOpen(() => camera.announce())
  return {
    devices: [
      camera,
      overview,
      microscope.stage,
      microscope.objective,
      microscope.filter,
      microscope.autofocus,
      ...(microscope.shutter === undefined ? [] : [microscope.shutter]),
      ...microscope.lights,
    ],
    presets: channelPresets,
    close: async () => {
      faults.close()
      await camera.stop()
      await overview.stop()
      microscope.close()
    },
  }
}

const driver: Driver = {
  manifest: {
    id: 'simulated-microscope',
    name: 'Simulated microscope',
    description:
      'A demo microscope with a stained tissue section: two cameras, stage, autofocus, objectives, filters and lights.',
    demo: true,
    permissions: [],
  },
  discover: async () => [{ address, title: 'Demo microscope' }],
  open: async (wanted, options) => {
    if (wanted !== address) {
      throw new CoverslipError('DEVICE_UNAVAILABLE', `There is no simulated microscope at "${wanted}"`, {
        hint: `Its address is "${address}".`,
      })
    }
    return connect(parseOptions(options))
  },
}

export default driver
