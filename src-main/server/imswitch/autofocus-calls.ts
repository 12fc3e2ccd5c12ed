/** ImSwitch's autofocus: ours by the image, and how sharp the live image is. */
import { z } from 'zod'
import type { StageAxes } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FocusRequest } from '../../../src-shared/focus.ts'
import { stageOf } from '../../acquisition/run/microscope/stage-axes.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { change, look } from '../server-context.ts'
import { call, type CallContext, type Controller, freeChange, inQuery } from './imswitch-call.ts'
import { activeStreams } from './stream-reports.ts'

const alertId = 'autofocus'

/** Of the stage that searches move. */
function zAxis(engine: Engine): { readonly travel: StageAxes['z']; readonly z: number | undefined } {
  const stage = stageOf(engine.devices, 'z')
  if (stage?.description.kind !== 'stage') return { travel: undefined, z: undefined }
  return { travel: stage.description.axes.z, z: stage.position?.z }
}

function autofocusStatus({ context, state }: CallContext) {
  const { travel, z: currentZ } = zAxis(context.engine)
  const { status } = context.engine.focus
  const isRunning = status?.state === 'searching'
  return {
    state: isRunning ? 'running' : 'idle',
    isRunning,
    isLiveMonitoring: state.focusMonitor.isOn,
    currentZ: currentZ ?? null,
    positionValid: currentZ !== undefined,
    positionError: currentZ === undefined ? 'The stage has no z axis' : null,
    minZ: travel?.min ?? null,
    maxZ: travel?.max ?? null,
    lastQuality: status?.curve.at(-1)?.score ?? null,
  }
}

/**
 * Resolves when the search has begun; what becomes of it is told by signals, and a failure by an alert.
 * @throws CoverslipError why it has not begun: ACQUISITION_RUNNING, UNKNOWN_DEVICE, of the stage.
 */
async function begin({ focus, alerts }: Engine, request: Partial<FocusRequest>): Promise<void> {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const finding = focus.find(request)
  const stopListening = focus.on(() => resolve())
  try {
    // In this order: while one is under way it is that one which tells of itself.
    await Promise.race([finding, begun])
  } finally {
    stopListening()
  }
  finding.catch((error: unknown) => {
    const { message, hint } = CoverslipError.from(error)
    alerts.raise({
      id: alertId,
      severity: 'warning',
      source: 'Autofocus',
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  })
}

/**
 * Begins a search, as `begin` does. The range is to each side there. How the image
 * is judged (`focusAlgorithm`, `nGauss`, `nCropsize`) and the search goes on (`twoStage`) is ours.
 */
const autoFocus = call({
  needed: change,
  query: z.object({
    rangez: inQuery.number.pipe(z.number().positive().max(5000)).default(100),
    resolutionz: inQuery.number.pipe(z.number().positive().max(1000)).default(10),
    tSettle: inQuery.number.pipe(z.number().min(0).max(10)).default(0.1),
    static_offset: inQuery.number.pipe(z.number().min(-1000).max(1000)).default(0),
  }),
  run: async ({ context: { engine }, query }) => {
    engine.alerts.clear(alertId)
    await begin(engine, {
      detectorName: activeStreams(engine)[0]?.detectorName,
      rangeUm: 2 * query.rangez,
      stepUm: query.resolutionz,
      settleMs: 1000 * query.tSettle,
      offsetUm: query.static_offset,
    })
    return null
  },
})

/** Calls of AutofocusController. */
export const autofocusController: Controller = {
  name: 'AutofocusController',
  calls: {
    getAutofocusStatus: call({ needed: look, run: autofocusStatus }),
    autoFocus,
    stopAutofocus: call({
      needed: freeChange,
      run: async ({ context }) => {
        await context.engine.focus.stop()
        return null
      },
    }),
    startLiveMonitoring: call({
      needed: freeChange,
      query: z.object({ period: inQuery.number.pipe(z.number().min(0.2).max(60)).default(0.5) }),
      run: ({ context, state, query }) => {
        state.focusMonitor.start(activeStreams(context.engine)[0]?.detectorName, query.period)
        return null
      },
    }),
    stopLiveMonitoring: call({
      needed: freeChange,
      run: ({ state }) => {
        state.focusMonitor.stop()
        return null
      },
    }),
  },
}
