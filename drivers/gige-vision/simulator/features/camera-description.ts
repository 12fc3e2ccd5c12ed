/**
 * The camera's features: each is described once, which makes both its nodes in the GenICam XML (GenApi schema 1.1) and
 * the register behind it, so that they cannot differ. The kinds of features are in the files `describe-*.ts`.
 */
import type { Register, RegisterMap } from '../register-map.ts'
import { numberRegister } from '../registers.ts'
import { accessOf, type Behind, type FeatureText, hex } from './feature.ts'
import { element } from './xml-text.ts'

/** Byte order of all registers. */
export const bigEndian = element('Endianess', 'BigEndian')
/** What tells of a register that it holds an unsigned number. */
export const unsigned: readonly string[] = [element('Sign', 'Unsigned'), bigEndian]

/** First address of the registers that the standard does not define. */
export const firstFeatureAddress = 0x0001_0000

/** The features of a camera, as they are added one by one. */
export class CameraDescription {
  readonly #registers: RegisterMap
  #nextAddress = firstFeatureAddress
  readonly #nodes: string[] = []
  readonly #categories: string[] = []

  constructor(registers: RegisterMap) {
    this.#registers = registers
  }

  /** A group of features, in the order in which a user sees them. */
  category(name: string, title: string, tip: string, features: readonly string[]): void {
    this.#categories.push(name)
    this.#nodes.push(
      element(
        'Category',
        [
          element('ToolTip', tip),
          element('DisplayName', title),
          ...features.map((feature) => element('pFeature', feature)),
        ],
        { Name: name, NameSpace: 'Standard' },
      ),
    )
  }

  /** A node that has no register of its own: a formula, a port. */
  node(xml: string): void {
    this.#nodes.push(xml)
  }

  /** Puts a register at the next free address, which is returned. */
  allot(make: (address: number) => Register): number {
    const register = make(this.#nextAddress)
    this.#registers.add(register)
    this.#nextAddress += register.bytes
    return register.address
  }

  /** The node of a number of 32 bits behind a feature, which is made unless there is one; `bits`: it is some of them. */
  number(
    feature: FeatureText,
    value: Behind<number>,
    bits?: { readonly first: number; readonly last: number },
  ): string {
    if ('node' in value) return value.node
    const address = 'at' in value ? value.at : this.allot((at) => numberRegister(at, value.read, value.write))
    const place = { address, length: 4, access: accessOf(value) }
    if (bits === undefined) return this.register('IntReg', feature, place, unsigned)
    // GenICam's LSB is the larger number on big-endian registers, whose bit 0 is the most significant one.
    return this.register('MaskedIntReg', feature, place, [
      element('LSB', bits.last),
      element('MSB', bits.first),
      ...unsigned,
    ])
  }

  /** Describes a register that is there, for a feature; returns the node's name. */
  register(
    kind: string,
    { name, pollingMs, invalidatedBy = [] }: FeatureText,
    place: { readonly address: number; readonly length: number; readonly access: 'RO' | 'RW' | 'WO' },
    rest: readonly string[],
  ): string {
    const register = `${name}Register`
    this.node(
      element(
        kind,
        [
          element('Address', hex(place.address)),
          element('Length', place.length),
          element('AccessMode', place.access),
          element('pPort', 'Device'),
          // The camera may round a value, or refuse it.
          element('Cachable', pollingMs === undefined ? 'WriteThrough' : 'NoCache'),
          element('PollingTime', pollingMs),
          ...invalidatedBy.map((source) => element('pInvalidator', source)),
          ...rest,
        ],
        { Name: register },
      ),
    )
    return register
  }

  /** The node that users see; returns its name. */
  feature(kind: string, feature: FeatureText, rest: readonly string[]): string {
    const { name, title, tip, visibility = 'Beginner', locked, availableWhen, selects = [] } = feature
    this.node(
      element(
        kind,
        [
          element('ToolTip', tip),
          element('DisplayName', title),
          element('Visibility', visibility),
          element('pIsAvailable', availableWhen),
          element('pIsLocked', locked === true ? 'TLParamsLocked' : undefined),
          ...rest,
          ...selects.map((selected) => element('pSelected', selected)),
        ],
        { Name: name, NameSpace: 'Standard' },
      ),
    )
    return name
  }

  /** The whole XML file. */
  xml(model: { readonly vendor: string; readonly name: string; readonly tip: string }): string {
    const root = element(
      'Category',
      this.#categories.map((name) => element('pFeature', name)),
      {
        Name: 'Root',
        NameSpace: 'Standard',
      },
    )
    const port = element('Port', [element('ToolTip', 'Registers of the camera')], {
      Name: 'Device',
      NameSpace: 'Standard',
    })
    const description = element(
      'RegisterDescription',
      [root, ...this.#nodes, port].map((node) => `\n${node}`),
      {
        ModelName: model.name,
        VendorName: model.vendor,
        ToolTip: model.tip,
        StandardNameSpace: 'GEV',
        SchemaMajorVersion: '1',
        SchemaMinorVersion: '1',
        SchemaSubMinorVersion: '0',
        MajorVersion: '1',
        MinorVersion: '0',
        SubMinorVersion: '0',
        ProductGuid: '3f9a2c1e-6a58-4c2b-9d7f-5d1c0a7be001',
        VersionGuid: '7b1d4e52-0f3c-4a86-8e19-5d1c0a7be002',
        xmlns: 'http://www.genicam.org/GenApi/Version_1_1',
      },
    )
    return `<?xml version="1.0" encoding="UTF-8"?>\n${description}\n`
  }
}
