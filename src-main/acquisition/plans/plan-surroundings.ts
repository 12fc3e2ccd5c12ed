import { standardProperty } from '../../../src-shared/devices.ts'
import type { StagePosition } from '../../../src-shared/frames/frame-info.ts'
import type { ExpandOptions } from '../../../src-shared/plan/plan-axes.ts'
import type { FieldOfView } from '../../../src-shared/plan/grid-tiles.ts'
import type { CameraRoi } from '../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { framesPublished } from '../../frames/frame-ring.ts'
import { LiveFrameReader } from '../../frames/live-frame-reader.ts'
import { stageAxes, stageOf } from '../run/microscope/stage-axes.ts'

/**
 * Where the stages stand, asked of them now: one that was moved by hand may not have told.
 * @throws CoverslipError of a stage that does not answer
 */
export async function readHome(devices: DeviceRegistry): Promise<StagePosition> {
  const home: StagePosition = {}
  const read = new Map<string, Promise<StagePosition>>()
  for (const axis of stageAxes) {
    const stage = stageOf(devices, axis)
    if (stage?.status.state !== 'ready') continue
    const position = read.get(stage.id) ?? devices.readPosition(stage.id)
    read.set(stage.id, position)
    const at = (await position)[axis]
    if (at !== undefined) home[axis] = at
  }
  return home
}

/**
 * What a plan is relative to: where the stages are now, and the size of an image in the specimen, as far as the last
 * frame of the camera `cameraId` tells it.
 */
export function planSurroundings(
  devices: DeviceRegistry,
  {
    cameraId,
    roi,
    home,
  }: {
    readonly cameraId: string | undefined
    readonly roi: CameraRoi | undefined
    /** Where the stages stand; absent: as they have told last. */
    readonly home?: StagePosition | undefined
  },
): ExpandOptions {
  return {
    home: home ?? toldHome(devices),
    fieldOfView: cameraId === undefined ? undefined : fieldOfViewOf(devices, cameraId, roi),
  }
}

function toldHome(devices: DeviceRegistry): StagePosition {
  const home: StagePosition = {}
  for (const axis of stageAxes) {
    const at = stageOf(devices, axis)?.position?.[axis]
    if (at !== undefined) home[axis] = at
  }
  return home
}

function fieldOfViewOf(
  devices: DeviceRegistry,
  cameraId: string,
  roi: CameraRoi | undefined,
): FieldOfView | undefined {
  const camera = devices.camera(cameraId)
  if (camera.status.state !== 'ready') return undefined
  const ring = devices.ring(cameraId)
  const last = new LiveFrameReader(ring, { firstFrame: Math.max(0, framesPublished(ring) - 1) }).look()
  if (last?.info.pixelSizeUm === undefined) return undefined
  const { width, height, pixelSizeUm } = last.info
  const share = (property: string, planned: number | undefined) => {
    const set = camera.properties.find(({ name }) => name === property)?.value
    // Cameras count their ROI before or after binning; the share of it is the same.
    return planned === undefined || typeof set !== 'number' ? 1 : planned / set
  }
  return {
    widthUm: width * pixelSizeUm * share(standardProperty.roiWidth, roi?.width),
    heightUm: height * pixelSizeUm * share(standardProperty.roiHeight, roi?.height),
  }
}
