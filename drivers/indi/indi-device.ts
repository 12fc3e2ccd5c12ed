import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import type { IndiClient } from './protocol/indi-client.ts'
import type { NumberElement, NumberVector, SwitchVector, TextVector } from './protocol/indi-message.ts'
import type { VectorSetter } from './protocol/set-vector.ts'
import { vectorProperties } from './vector-properties.ts'

/** A property of ours that a device handles itself, besides those that INDI's properties are shown as. */
export type OwnProperty = {
  readonly descriptor: PropertyDescriptorInput
  set?(value: PropertyValue): Promise<void> | void
}

/** What a device of ours is made from: a device of an INDI server, and which of its properties it shows. */
export type IndiPart = {
  readonly client: IndiClient
  readonly setter: VectorSetter
  /** Name of the INDI device. */
  readonly device: string
  /** Unique id and name of the device of ours. */
  readonly id: string
  readonly name: string
  /** Whether the property browser of this device shows the INDI property of this name. */
  shows(vector: string): boolean
}

/** What all devices of this driver do alike: their properties, and telling that these have changed. */
export abstract class IndiDevice {
  protected readonly part: IndiPart
  readonly #changed = new Emitter<undefined>()
  readonly #stopListening: () => void

  constructor(part: IndiPart) {
    this.part = part
    this.#stopListening = part.client.on((event) => {
      if (event.type === 'blob' || event.type === 'lost' || event.device !== part.device) return
      if (event.name !== undefined) this.vectorChanged(event.name)
      this.announce()
    })
  }

  /** Properties that stand for something special in this kind of device. */
  protected abstract ownProperties(): readonly OwnProperty[]

  /** Called when the INDI property of this name has changed, before that is announced. */
  protected vectorChanged(name: string): void {
    void name
  }

  properties(): readonly PropertyDescriptorInput[] {
    return this.#properties().map(({ descriptor }) => descriptor)
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    const { name: title } = this.part
    const properties = this.#properties()
    checkPropertyValue(
      findProperty(
        title,
        properties.map(({ descriptor }) => descriptor),
        name,
      ),
      value,
    )
    await properties.find(({ descriptor }) => descriptor.name === name)?.set?.(value)
    this.announce()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.on(listener)
  }

  /** Ends listening to the server. */
  close(): void {
    this.#stopListening()
  }

  protected announce(): void {
    this.#changed.emit(undefined)
  }

  protected numbers(name: string): NumberVector | undefined {
    const vector = this.part.client.vector(this.part.device, name)
    return vector?.kind === 'Number' ? vector : undefined
  }

  protected number(name: string, element: string): NumberElement | undefined {
    return this.numbers(name)?.elements.find((candidate) => candidate.name === element)
  }

  protected switches(name: string): SwitchVector | undefined {
    const vector = this.part.client.vector(this.part.device, name)
    return vector?.kind === 'Switch' ? vector : undefined
  }

  protected texts(name: string): TextVector | undefined {
    const vector = this.part.client.vector(this.part.device, name)
    return vector?.kind === 'Text' ? vector : undefined
  }

  /** What the device calls itself. */
  protected get model(): string {
    const info = this.texts('DRIVER_INFO')?.elements.find(({ name }) => name === 'DRIVER_NAME')
    return info?.value || this.part.device
  }

  #properties(): readonly OwnProperty[] {
    const { client, setter, device, shows } = this.part
    const shown = client.vectors(device).filter(({ name }) => shows(name))
    const others = shown.flatMap((vector) =>
      vectorProperties(vector).map(
        ({ descriptor, values }): OwnProperty => ({
          descriptor,
          set: async (value) => {
            const changes = values(value)
            if (changes.size > 0) await setter.set(device, vector.name, changes)
          },
        }),
      ),
    )
    return [...this.ownProperties(), ...others]
  }

  protected failed(what: string, hint: string): CoverslipError {
    return new CoverslipError('DEVICE_FAILED', `${this.part.name} ${what}`, { hint })
  }
}
