/** Multi-dimensional acquisitions: plans are estimated, run, paused and cancelled here. */
import type { z } from 'zod'
import { planRequestSchema } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { estimatePlan } from '../plans/estimate-plan.ts'
import { freeDiskBytes } from '../recording/recording-folder.ts'
import { recordingsIn } from '../recordings-folder.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly dataFolder: string | undefined
}

type RequestInput = z.input<typeof planRequestSchema>

/** Memory for frames that wait for the disk, all cameras of a plan together. */
const bufferBytes = 256 * 2 ** 20

export class Acquisition {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * What a plan would take, and why it could not be run.
   * @throws CoverslipError DATA_FOLDER; the reason of `signal`.
   */
  async estimate(input: RequestInput, signal?: AbortSignal): Promise<PlanEstimate> {
    const { devices, dataFolder } = this.#options
    const request = planRequestSchema.parse(input)
    const free = await freeDiskBytes(await recordingsIn(dataFolder))
    return estimatePlan(request, { devices, freeDiskBytes: free, memoryBytes: bufferBytes, signal })
  }
}
