/** ImSwitch's SettingsController: properties of cameras. */
import { z } from 'zod'
import { type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { change, look } from '../server-context.ts'
import {
  binningsOf,
  cameraHeader,
  detectorParameters,
  parameterTree,
  propertyOf,
  sizeOf,
  typedValue,
} from './detector-parameters.ts'
import { call, type CallContext, type Controller, inQuery } from './imswitch-call.ts'
import { setProperty } from './set-property.ts'

const detectorQuery = z.object({ detectorName: inQuery.name })

const cameraOf = ({ context }: CallContext, detectorName: string | undefined): DeviceState =>
  context.engine.devices.camera(detectorName)

/**
 * Sets a property; answers null as ImSwitch does.
 * @throws CoverslipError as `DeviceRegistry.setProperty`; ACQUISITION_RUNNING of a camera that a plan uses.
 */
async function set(
  given: CallContext,
  wish: { readonly detectorName: string | undefined; readonly property: string; readonly value: unknown },
): Promise<null> {
  const camera = cameraOf(given, wish.detectorName)
  const value = typedValue(camera, wish.property, wish.value)
  given.context.engine.acquisition.checkFree(camera.id)
  await setProperty(given.context.engine.devices, camera.id, { property: wish.property, value })
  return null
}

async function setBinning(given: CallContext, detectorName: string | undefined, binning: number) {
  const camera = cameraOf(given, detectorName)
  const { all } = binningsOf(camera)
  const value = all.get(binning)
  try {
    if (value !== undefined) {
      given.context.engine.acquisition.checkFree(camera.id)
      const property = standardProperty.binning
      await setProperty(given.context.engine.devices, camera.id, { property, value })
    } else if (binning !== 1 || all.size > 0) {
      const known = [...all.keys()].join(', ') || '1'
      throw new CoverslipError('INVALID_INPUT', `Binning can be ${known}, not ${binning}`)
    }
    const changed = cameraOf(given, camera.id)
    return {
      status: 'ok',
      detectorName: camera.id,
      binning: binningsOf(changed).now,
      shape: sizeOf(changed),
    }
  } catch (error) {
    return { status: 'error', detectorName: camera.id, error: CoverslipError.from(error).message }
  }
}

function tree({ context, state }: CallContext, detectorName: string | undefined | null) {
  try {
    const camera = context.engine.devices.camera(detectorName ?? undefined)
    return parameterTree(camera, state.pixelSizes.of(camera.id))
  } catch (error) {
    return { error: CoverslipError.from(error).message, detectorName: detectorName ?? null }
  }
}

function cameraStatus(given: CallContext, detectorName: string | undefined) {
  const camera = cameraOf(given, detectorName)
  const parameters = camera.properties.map((property) => [
    property.name,
    {
      value: property.value,
      units: property.type === 'number' ? (property.unit ?? '') : '',
      editable: !property.readOnly,
    },
  ])
  return {
    ...cameraHeader(camera, given.state.pixelSizes.of(camera.id)),
    parameters: Object.fromEntries(parameters),
  }
}

function triggerTypes(camera: DeviceState): readonly string[] {
  const property = propertyOf(camera, standardProperty.triggerMode)
  return property?.type === 'option' ? property.options : []
}

const valueBody = z.object({
  detectorName: z.string().max(200).nullish(),
  name: z.string().min(1).max(100),
  value: z.union([z.number(), z.string(), z.boolean()]),
})

/** A camera without an automatic exposure can only be told to keep the manual one. */
function setMode(given: CallContext, detectorName: string | undefined, isAuto: boolean): null {
  const camera = cameraOf(given, detectorName)
  if (!isAuto) return null
  throw new CoverslipError('UNKNOWN_PROPERTY', `${camera.description.name} has no automatic exposure`)
}

/** Calls of SettingsController. */
export const settingsController: Controller = {
  name: 'SettingsController',
  calls: {
    getDetectorNames: call({
      needed: look,
      run: ({ context }) =>
        context.engine.devices
          .devices()
          .filter(({ description }) => description.kind === 'camera')
          .map(({ id }) => id),
    }),
    getDetectorParameters: call({
      needed: look,
      query: detectorQuery,
      run: (given) => {
        const camera = cameraOf(given, given.query.detectorName)
        return detectorParameters(camera, given.state.pixelSizes.of(camera.id))
      },
    }),
    setDetectorExposureTime: call({
      needed: change,
      query: detectorQuery.extend({ exposureTime: inQuery.number }),
      run: (given) => {
        const { detectorName, exposureTime: value } = given.query
        return set(given, { detectorName, property: standardProperty.exposureMs, value })
      },
    }),
    setDetectorGain: call({
      needed: change,
      query: detectorQuery.extend({ gain: inQuery.number.default(0) }),
      run: (given) => {
        const { detectorName, gain: value } = given.query
        return set(given, { detectorName, property: standardProperty.gain, value })
      },
    }),
    setDetectorBlackLevel: call({
      needed: change,
      query: detectorQuery.extend({ blackLevel: inQuery.number.default(0) }),
      run: (given) => {
        const { detectorName, blackLevel: value } = given.query
        return set(given, { detectorName, property: 'blackLevel', value })
      },
    }),
    setDetectorBinning: call({
      needed: change,
      query: detectorQuery.extend({ binning: inQuery.number.default(1) }),
      run: (given) => setBinning(given, given.query.detectorName, given.query.binning),
    }),
    getDetectorSupportedBinnings: call({
      needed: look,
      query: detectorQuery,
      run: (given) => {
        const { all } = binningsOf(cameraOf(given, given.query.detectorName))
        return all.size === 0 ? [1] : [...all.keys()]
      },
    }),
    setDetectorMode: call({
      needed: change,
      query: detectorQuery.extend({ isAuto: inQuery.flag.default(true) }),
      run: (given) => setMode(given, given.query.detectorName, given.query.isAuto),
    }),
    setDetectorExposureOnce: call({
      needed: change,
      query: detectorQuery,
      run: (given) => setMode(given, given.query.detectorName, true),
    }),
    getDetectorParameterTree: call({
      needed: look,
      query: detectorQuery,
      run: (given) => tree(given, given.query.detectorName),
    }),
    setDetectorParameterValue: call({
      verb: 'POST',
      needed: change,
      body: valueBody,
      run: async (given) => {
        const { name: property, value, detectorName } = given.body
        try {
          await set(given, { detectorName: detectorName ?? undefined, property, value })
          return tree(given, detectorName)
        } catch (error) {
          return { ...tree(given, detectorName), error: CoverslipError.from(error).message }
        }
      },
    }),
    getDetectorParameter: call({
      needed: look,
      query: detectorQuery.extend({ parameterName: inQuery.text }),
      run: (given) =>
        propertyOf(cameraOf(given, given.query.detectorName), given.query.parameterName)?.value ?? null,
    }),
    setDetectorParameter: call({
      needed: change,
      query: detectorQuery.extend({ parameterName: inQuery.text, value: inQuery.text }),
      run: (given) => {
        const { detectorName, parameterName: property, value } = given.query
        return set(given, { detectorName, property, value })
      },
    }),
    getCameraStatus: call({
      needed: look,
      query: detectorQuery,
      run: (given) => cameraStatus(given, given.query.detectorName),
    }),
    getDetectorTriggerTypes: call({
      needed: look,
      query: detectorQuery,
      run: (given) => triggerTypes(cameraOf(given, given.query.detectorName)),
    }),
    getDetectorCurrentTriggerType: call({
      needed: look,
      query: detectorQuery,
      run: (given) =>
        propertyOf(cameraOf(given, given.query.detectorName), standardProperty.triggerMode)?.value ?? '',
    }),
    setDetectorTriggerType: call({
      needed: change,
      query: detectorQuery.extend({ triggerType: inQuery.text.default('Software') }),
      run: (given) => {
        const { detectorName, triggerType: value } = given.query
        return set(given, { detectorName, property: standardProperty.triggerMode, value })
      },
    }),
    sendSoftwareTrigger: call({
      needed: change,
      query: detectorQuery,
      run: async (given) => {
        await given.context.engine.devices.trigger(cameraOf(given, given.query.detectorName).id)
        return null
      },
    }),
  },
}
