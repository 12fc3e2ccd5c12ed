import type { CameraSettings } from '../camera-settings.ts'
import type { ChunkSettings } from '../chunk-settings.ts'
import type { RegisterMap } from '../register-map.ts'
import { type AcquisitionFeatureOptions, addAcquisitionFeatures } from './acquisition-features.ts'
import { CameraDescription } from './camera-description.ts'
import { addChunkFeatures } from './chunk-features.ts'
import { addDeviceFeatures, type DeviceFeatureOptions } from './device-features.ts'
import { addEventFeatures } from './event-features.ts'
import { addImageFeatures } from './image-features.ts'
import { addMicroscopeFeatures, type MicroscopeFeatureOptions } from './microscope-features.ts'
import { addNetworkFeatures, type NetworkFeatureOptions } from './network-features.ts'
import { addTestFeatures, type TestFeatureOptions } from './test-features.ts'
import { addTransportFeatures, type TransportFeatureOptions } from './transport-features.ts'

/** All that the features act on. */
export type DescribedCamera = AcquisitionFeatureOptions &
  DeviceFeatureOptions &
  MicroscopeFeatureOptions &
  NetworkFeatureOptions &
  TestFeatureOptions &
  TransportFeatureOptions & {
    readonly settings: CameraSettings
    readonly chunks: ChunkSettings
    readonly vendor: string
    readonly model: string
  }

/** Adds the registers of all features; returns the XML that describes them. */
export function describeCamera(registers: RegisterMap, camera: DescribedCamera): string {
  const description = new CameraDescription(registers)
  addDeviceFeatures(description, camera)
  addImageFeatures(description, camera.settings)
  addAcquisitionFeatures(description, camera)
  addMicroscopeFeatures(description, camera)
  addTransportFeatures(description, camera)
  addChunkFeatures(description, camera.chunks, camera.settings)
  addEventFeatures(description, camera.events)
  addNetworkFeatures(description, camera)
  addTestFeatures(description, camera)
  return description.xml({
    vendor: camera.vendor,
    name: camera.model,
    tip: 'A camera of Coverslip’s simulated microscope',
  })
}
