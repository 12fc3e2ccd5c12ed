/** ImSwitch's ObjectiveController: the turret with the objectives. Slots are counted from 0. */
import { z } from 'zod'
import { randomUUID } from 'node:crypto'
import { type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { change, look } from '../server-context.ts'
import { propertyOf, sizeOf } from './detector-parameters.ts'
import { call, type CallContext, type Controller, inQuery } from './imswitch-call.ts'
import type { ImSwitchState } from './imswitch-state.ts'
import { activeStreams } from './stream-reports.ts'

type Slot = { readonly name: string; readonly magnification: number; readonly NA: number }

/** The turret whose name says so. */
export function objectiveOf(engine: Engine): DeviceState | undefined {
  return engine.devices
    .devices()
    .find(
      ({ id, description }) =>
        description.kind === 'turret' && /objective|nosepiece/i.test(`${id} ${description.name}`),
    )
}

/** Magnification and aperture as they are engraved: `20x/0.75`. */
function slotsOf(turret: DeviceState): Slot[] {
  const position = propertyOf(turret, standardProperty.position)
  if (position?.type !== 'option') return []
  return position.options.map((name) => {
    const [, magnification, aperture] = /([\d.]+)\s*[x×](?:\s*\/\s*([\d.]+))?/i.exec(name) ?? []
    return { name, magnification: Number(magnification ?? 1), NA: Number(aperture ?? 0) }
  })
}

/** What is in the light path and how large a pixel is with it. */
export function objectiveStatus(engine: Engine, state: ImSwitchState) {
  const turret = objectiveOf(engine)
  const slots = turret === undefined ? [] : slotsOf(turret)
  const name = turret === undefined ? '' : String(propertyOf(turret, standardProperty.position)?.value ?? '')
  const current = slots.findIndex((slot) => slot.name === name)
  const slot = slots[current]
  const camera = engine.devices.camera(activeStreams(engine)[0]?.detectorName)
  const [detectorWidth, detectorHeight] = sizeOf(camera)
  const pixelsize = state.pixelSizes.of(camera.id) ?? 1
  const sizeAt = ({ magnification }: Slot) => (pixelsize * (slot?.magnification ?? 1)) / magnification
  return {
    currentObjective: current < 0 ? null : current,
    isHomed: true,
    objectiveName: name,
    pixelsize,
    NA: slot?.NA ?? 0,
    magnification: slot?.magnification ?? 1,
    FOV: [pixelsize * detectorWidth, pixelsize * detectorHeight],
    availableObjectives: slots.map((_, index) => index),
    availableObjectivesNames: slots.map((other) => other.name),
    availableObjectivePositions: slots.map(() => 0),
    availableObjectiveZPositions: slots.map(() => 0),
    availableObjectiveMagnifications: slots.map(({ magnification }) => magnification),
    availableObjectiveNAs: slots.map(({ NA }) => NA),
    availableObjectivePixelSizes: slots.map(sizeAt),
    slotConfigured: slots.map(() => true),
    x0: 0,
    x1: 0,
    z0: 0,
    z1: 0,
    moveSpeed: 0,
    detectorWidth,
    detectorHeight,
    hasMotor: turret !== undefined,
    isActive: turret !== undefined,
    isMovingObjective: false,
    motorPosition: 0,
    zPosition: 0,
  }
}

/** Turns the turret; answers at once, as ImSwitch does. */
function moveTo({ context }: CallContext, slot: number, skipZ: boolean) {
  const { devices, alerts } = context.engine
  const turret = objectiveOf(context.engine)
  const label = turret === undefined ? undefined : slotsOf(turret)[slot]?.name
  if (turret === undefined || label === undefined)
    return { accepted: false, reason: `There is no objective in slot ${slot}` }
  const alertId = `turn:${turret.id}`
  devices.setProperty(turret.id, standardProperty.position, label).then(
    () => alerts.clear(alertId),
    (error: unknown) => {
      alerts.raise({
        id: alertId,
        severity: 'warning',
        source: turret.description.name,
        message: `The objective could not be changed: ${CoverslipError.from(error).message}`,
      })
    },
  )
  const startedAt = Date.now() / 1000
  return { accepted: true, requestId: randomUUID(), targetSlot: slot, skipZ, startedAt, status: 'started' }
}

/** ImSwitch's calls for the objective turret. */
export const objectiveController: Controller = {
  name: 'ObjectiveController',
  calls: {
    getstatus: call({ needed: look, run: ({ context, state }) => objectiveStatus(context.engine, state) }),
    moveToObjective: call({
      needed: change,
      query: z.object({
        slot: inQuery.number.pipe(z.number().int()),
        skipZ: inQuery.flag.default(false),
      }),
      run: (given) => moveTo(given, given.query.slot, given.query.skipZ),
    }),
  },
}
