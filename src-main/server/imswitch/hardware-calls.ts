/** Facts about the hardware that ImSwitch's pages ask several controllers for. */
import { standardProperty } from '../../../src-shared/devices.ts'
import { look } from '../server-context.ts'
import { autofocusController } from './autofocus-calls.ts'
import { numberOf } from './detector-parameters.ts'
import { call, type CallContext, type Controller } from './imswitch-call.ts'
import { lights, powerOf, rangeOf } from './laser-calls.ts'
import { activeStreams } from './stream-reports.ts'

function hardwareParameters({ context, state }: CallContext) {
  const { engine } = context
  const sources = lights(engine)
  const camera = engine.devices.camera(activeStreams(engine)[0]?.detectorName)
  return {
    illuSources: sources.map(({ id }) => id),
    // The only kind whose sliders the page shows without asking further.
    illuSourceKinds: sources.map(() => 'default'),
    syntheticChannels: [],
    illuSourceMinIntensities: sources.map((light) => rangeOf(light)[0]),
    illuSourceMaxIntensities: sources.map((light) => rangeOf(light)[1]),
    illuIntensities: sources.map(powerOf),
    exposureTimes: sources.map(() => numberOf(camera, standardProperty.exposureMs)?.value ?? 0),
    gains: sources.map(() => numberOf(camera, standardProperty.gain)?.value ?? 0),
    isDPCpossible: false,
    isDarkfieldpossible: false,
    timeLapsePeriodMin: 0,
    timeLapsePeriodMax: 0,
    numberOfImagesMin: 0,
    numberOfImagesMax: 0,
    ledMatrixInfo: null,
    pixel_size_um: state.pixelSizes.of(camera.id) ?? 1,
    performanceMode: false,
  }
}

function isConnected({ context }: CallContext): boolean {
  return context.engine.devices.devices().some(({ status }) => status.state === 'ready')
}

/** Controllers of which pages need facts only. */
export const hardwareControllers: readonly Controller[] = [
  {
    name: 'ExperimentController',
    calls: { getHardwareParameters: call({ needed: look, run: hardwareParameters }) },
  },
  autofocusController,
  {
    name: 'UC2ConfigController',
    calls: {
      uc2_board_is_connected: call({ needed: look, run: isConnected }),
      is_connected: call({ needed: look, run: isConnected }),
    },
  },
]
