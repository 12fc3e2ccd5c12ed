import type { CameraHealth, DeviceDescription, PropertyValue } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { imageBytes, pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import type { CameraDevice, FrameSink } from '../sdk/driver.ts'
import { FrameMeter } from '../sdk/frame-meter.ts'
import { cameraProperties, describeGain, type ExposureSettings, readSensor } from './camera-properties.ts'
import { type Exposure, ExposureLoop, exposureElement, exposureVector, imageVector } from './exposure-loop.ts'
import { fitsFile } from './fits/blob-image.ts'
import { fitsError, readFitsHeader } from './fits/fits-header.ts'
import { copyFitsPixels, fitsPixelFormat } from './fits/fits-pixels.ts'
import { IndiDevice, type IndiPart, type OwnProperty } from './indi-device.ts'
import type { IndiBlob } from './protocol/indi-message.ts'
import { enableBlob } from './protocol/message-writer.ts'

/** Largest sensor that is believed, pixels: beyond it images would not fit into memory. */
const maxSensorPixels = 256e6
/** What a FITS file may have besides its samples, bytes. */
const fitsOverheadBytes = 2 ** 20
const defaultExposureMs = 100

/** How images of the camera are taken. */
export type IndiCameraOptions = {
  /** Bits that count in samples of 32 bits. */
  readonly bits32: number
  readonly imageTimeoutMs: number
  lost(error: CoverslipError): void
}

/** A CCD or CMOS camera of an INDI server. Images come as FITS, exposure by exposure. */
export class IndiCamera extends IndiDevice implements CameraDevice {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly #options: IndiCameraOptions
  readonly #loop: ExposureLoop
  readonly #settings: ExposureSettings
  readonly #blobLimit: number
  #sink: FrameSink | undefined
  #meter = new FrameMeter(performance.now())

  /** @throws CoverslipError DEVICE_FAILED when the sensor that the camera announces cannot be. */
  constructor(part: IndiPart, options: IndiCameraOptions) {
    super(part)
    this.#options = options
    const { client, device, id, name } = part
    const sensor = readSensor(client, device)
    if (sensor === undefined || sensor.width * sensor.height > maxSensorPixels) {
      const size = sensor === undefined ? 'of unknown size' : `of ${sensor.width} × ${sensor.height} pixels`
      throw this.failed(`says that it has a sensor ${size}`, 'Check the camera’s settings in INDI.')
    }
    const pixels = sensor.width * sensor.height
    this.#blobLimit = pixels * (sensor.isColour ? 6 : 4) + fitsOverheadBytes
    const serialNumber = this.texts('SERIAL_NUMBER')?.elements[0]?.value
    this.description = {
      kind: 'camera',
      id,
      name,
      model: this.model,
      ...(serialNumber === undefined || serialNumber === '' ? {} : { serialNumber }),
      sensorWidth: sensor.width,
      sensorHeight: sensor.height,
      maxFrameBytes: pixels * (sensor.isColour ? 3 : 2),
    }
    const seconds = this.number(exposureVector, exposureElement)?.value ?? 0
    this.#settings = {
      exposureMs: seconds > 0 ? seconds * 1000 : defaultExposureMs,
      triggerMode: 'continuous',
      targetTemperatureC: undefined,
    }
    this.#loop = new ExposureLoop({
      client,
      device,
      name,
      imageTimeoutMs: options.imageTimeoutMs,
      exposureMs: () => this.#settings.exposureMs,
      deliver: (exposure, blob) => this.#deliver(exposure, blob),
      fault: (error) => this.#sink?.fault(error),
      lost: (error) => options.lost(error),
    })
    client.takeBlobs(device, imageVector, this.#blobLimit)
    client.send(enableBlob(device))
  }

  async start(sink: FrameSink): Promise<void> {
    this.#sink = sink
    this.#meter = new FrameMeter(performance.now())
    await this.#loop.start(this.#settings.triggerMode)
  }

  async stop(): Promise<void> {
    this.#sink = undefined
    await this.#loop.stop()
  }

  trigger(): Promise<void> {
    return this.#loop.trigger()
  }

  health(): CameraHealth {
    return this.#meter.read(performance.now())
  }

  override close(): void {
    super.close()
    this.#loop.close()
  }

  protected ownProperties(): readonly OwnProperty[] {
    const { client, setter, device } = this.part
    return cameraProperties({
      client,
      device,
      settings: this.#settings,
      set: (vector, values, until) =>
        setter.set(device, vector, values, until === undefined ? {} : { until }),
      setExposure: (exposureMs) => {
        this.#settings.exposureMs = exposureMs
        return this.#loop.exposureChanged()
      },
    }).map((property) => this.#lockable(property))
  }

  protected override vectorChanged(name: string): void {
    if (name !== 'CCD_INFO') return
    const { sensorWidth, sensorHeight } = this.description
    const sensor = readSensor(this.part.client, this.part.device)
    if (sensor === undefined || (sensor.width === sensorWidth && sensor.height === sensorHeight)) return
    const size = `${sensor.width} × ${sensor.height}`
    this.#options.lost(
      this.failed(`now has a sensor of ${size} pixels`, 'It is opened again with this size.'),
    )
  }

  #lockable({ descriptor, set }: OwnProperty): OwnProperty {
    if (descriptor.lockedWhileAcquiring !== true || set === undefined)
      return { descriptor, ...(set && { set }) }
    return {
      descriptor,
      set: (value: PropertyValue) => {
        if (!this.#loop.isRunning || value === descriptor.value) return set(value)
        throw new CoverslipError(
          'PROPERTY_READ_ONLY',
          `${descriptor.title} of ${this.part.name} cannot change now`,
          {
            hint: 'Stop the acquisition first.',
            data: { property: descriptor.name },
          },
        )
      },
    }
  }

  #deliver(exposure: Exposure, { format, content, beganNs }: IndiBlob): void {
    const sink = this.#sink
    if (sink === undefined) return
    if (!(content instanceof Uint8Array)) throw fitsError(content.problem)
    const file = fitsFile(format, content, this.#blobLimit)
    const image = readFitsHeader(file)
    const { width, height } = image
    const pixelFormat = fitsPixelFormat(image)
    const slot = sink.slot()
    const bytes = imageBytes(pixelFormat, width, height)
    if (bytes > this.description.maxFrameBytes)
      throw fitsError(
        `it has ${width} × ${height} ${pixelFormat} pixels, more than the sensor that was announced`,
      )
    copyFitsPixels(file, image, slot, { bits32: this.#options.bits32 })
    const { sequence, exposureMs, beganNs: askedNs } = exposure
    const exposedNs = askedNs + BigInt(Math.round(exposureMs * 1e6))
    sink.commit({
      sequence,
      // The camera's clock is not known here: the exposure ended after its time, and before the image began to arrive.
      timestampNs: exposedNs < beganNs ? exposedNs : beganNs,
      width,
      height,
      pixelFormat,
      significantBits: pixelLayout(pixelFormat).significantBits,
      exposureMs,
      gain: describeGain(this.part.client, this.part.device)?.value ?? 1,
    })
    this.#meter.count(bytes)
  }
}
