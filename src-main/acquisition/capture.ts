/**
 * Single images on disk: `<data folder>/recordings/YYYY-MM-DD/<name>.<tif|png|jpg>`.
 *
 * @example
 * const { filePath } = await engine.capture.snap({ format: 'tiff', fileName: 'kidney' })
 */
import { join } from 'node:path'
import type { SnapFormat, SnapResult } from '../../src-shared/capture.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import { software } from '../software.ts'
import { deviceSettings, temperatureOf } from './device-settings.ts'
import { extensionOf, imageFile, type JpegOf } from './image-file.ts'
import { localTime } from './local-time.ts'
import { safeFileName, writeNewFile } from './new-file.ts'
import { recordingsFolder } from './recordings-folder.ts'
import { takeFrame, type TakenFrame } from './take-frame.ts'

type SnapRequest = {
  readonly detectorName?: string | undefined
  readonly format?: SnapFormat
  readonly fileName?: string | undefined
  readonly signal?: AbortSignal | undefined
}

type Options = {
  readonly devices: DeviceRegistry
  readonly dataFolder: string | undefined
  readonly jpegOf: JpegOf
  /** Called when an image has been written. */
  readonly kept?: () => void
}

export class Capture {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Where images are kept. @throws CoverslipError DATA_FOLDER when there is no data folder. */
  get folder(): string {
    const { dataFolder } = this.#options
    if (dataFolder !== undefined) return join(dataFolder, recordingsFolder)
    throw new CoverslipError('DATA_FOLDER', 'There is no data folder to keep images in', {
      hint: 'Start Coverslip with --data <folder>.',
    })
  }

  /**
   * Takes one fresh frame and writes it to a new file, without disturbing who else uses the camera.
   * @throws CoverslipError DATA_FOLDER; as `takeFrame`; the reason of `signal`.
   */
  async snap(request: SnapRequest = {}): Promise<SnapResult> {
    return (await this.snapFrame(request)).result
  }

  /** As `snap`, with the frame itself. */
  async snapFrame({ detectorName, format = 'tiff', fileName, signal }: SnapRequest): Promise<{
    readonly result: SnapResult
    readonly frame: TakenFrame
  }> {
    const { folder } = this
    const { devices } = this.#options
    const frame = await takeFrame(devices, { detectorName, signal })
    const { day, time } = localTime(new Date(frame.capturedAt))
    const given = safeFileName(fileName ?? '')
    const parts = await imageFile(frame, {
      format,
      software,
      circumstances: {
        settings: deviceSettings(devices.devices()),
        temperatureC: temperatureOf(devices.device(frame.detectorName)),
      },
      jpegOf: this.#options.jpegOf,
    })
    signal?.throwIfAborted()
    const name = await writeNewFile(join(folder, day), {
      name: `${given === '' ? `snap_${time}` : given}_${safeFileName(frame.detectorName)}`,
      extension: extensionOf[format],
      parts,
    })
    this.#options.kept?.()
    const { width, height, pixelFormat, sequence } = frame.info
    const result = {
      detectorName: frame.detectorName,
      format,
      filePath: join(folder, day, name),
      relativePath: `${recordingsFolder}/${day}/${name}`,
      width,
      height,
      pixelFormat,
      sequence,
      capturedAt: frame.capturedAt,
    }
    return { result, frame }
  }
}
