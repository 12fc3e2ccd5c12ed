/** ImSwitch's LaserController: all light sources. */
import { z } from 'zod'
import { type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { change, look } from '../server-context.ts'
import { numberOf, propertyOf } from './detector-parameters.ts'
import { call, type CallContext, type Controller, inQuery } from './imswitch-call.ts'
import { setProperty } from './set-property.ts'

/** All lights, which ImSwitch calls lasers. */
export function lights(engine: Engine): DeviceState[] {
  return engine.devices.devices().filter(({ description }) => description.kind === 'light')
}

/** A light that is only on or off has the power 0 or 1. */
export function rangeOf(light: DeviceState): readonly [low: number, high: number] {
  const intensity = numberOf(light, standardProperty.intensity)
  return intensity === undefined ? [0, 1] : [intensity.min ?? 0, intensity.max ?? 100]
}

function isOn(light: DeviceState): boolean {
  return propertyOf(light, standardProperty.on)?.value === true
}

/** Power of a light, in the unit of `rangeOf`. */
export function powerOf(light: DeviceState): number {
  return numberOf(light, standardProperty.intensity)?.value ?? Number(isOn(light))
}

/** `p0` of the signal that a light has changed. */
export function lightState(light: DeviceState) {
  return { [light.id]: { power: powerOf(light), enabled: isOn(light) } }
}

function lightOf({ context }: CallContext, name: string): DeviceState {
  const light = context.engine.devices.device(name)
  if (light.description.kind === 'light') return light
  throw new CoverslipError('UNKNOWN_DEVICE', `${name} is no light`)
}

async function setValue(given: CallContext, name: string, value: number): Promise<null> {
  const { devices } = given.context.engine
  const light = lightOf(given, name)
  const [low, high] = rangeOf(light)
  const within = Math.min(high, Math.max(low, value))
  const hasIntensity = numberOf(light, standardProperty.intensity) !== undefined
  const wish = hasIntensity
    ? { property: standardProperty.intensity, value: within }
    : { property: standardProperty.on, value: within > 0 }
  await setProperty(devices, light.id, wish)
  return null
}

const laserQuery = z.object({ laserName: z.string().min(1).max(200) })

/** ImSwitch's calls for lights. */
export const laserController: Controller = {
  name: 'LaserController',
  calls: {
    getLaserNames: call({ needed: look, run: ({ context }) => lights(context.engine).map(({ id }) => id) }),
    getLaserValueRanges: call({
      needed: look,
      query: laserQuery,
      run: (given) => rangeOf(lightOf(given, given.query.laserName)),
    }),
    getLaserValue: call({
      needed: look,
      query: laserQuery,
      run: (given) => powerOf(lightOf(given, given.query.laserName)),
    }),
    getLaserActive: call({
      needed: look,
      query: laserQuery,
      run: (given) => isOn(lightOf(given, given.query.laserName)),
    }),
    setLaserValue: call({
      needed: change,
      query: laserQuery.extend({ value: inQuery.number }),
      run: (given) => setValue(given, given.query.laserName, given.query.value),
    }),
    setLaserActive: call({
      needed: change,
      query: laserQuery.extend({ active: inQuery.flag }),
      run: async (given) => {
        const light = lightOf(given, given.query.laserName)
        const wish = { property: standardProperty.on, value: given.query.active }
        await setProperty(given.context.engine.devices, light.id, wish)
        return null
      },
    }),
    getLaserChannelIndex: call({
      needed: look,
      query: laserQuery,
      run: (given) => {
        const { id } = lightOf(given, given.query.laserName)
        return lights(given.context.engine).findIndex((light) => light.id === id)
      },
    }),
  },
}
