/**
 * The camera's features: each is described once, which makes both its nodes in the GenICam XML (GenApi schema 1.1) and
 * the register behind it, so that they cannot differ.
 */
import type { Register, RegisterMap } from '../register-map.ts'
import { commandRegister, doubleRegister, longRegister, numberRegister, type Writer } from '../registers.ts'
import {
  accessOf,
  type Behind,
  checkedWriter,
  bitOf,
  type EnumerationFeature,
  type FeatureText,
  type FloatFeature,
  hex,
  type IntegerFeature,
  type Limit,
  type OwnValue,
} from './feature.ts'
import { element } from './xml-text.ts'

/** First address of the registers that the standard does not define. */
export const firstFeatureAddress = 0x0001_0000

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

  integer(feature: IntegerFeature): string {
    const { value, bits, min, max, inc, unit, representation } = feature
    const register = this.#number(feature, value, bits)
    this.#feature('Integer', feature, [
      element('pValue', register),
      ...limits({ min, max, inc }),
      element('Unit', unit),
      element('Representation', representation),
    ])
    return feature.name
  }

  /** An integer of 64 bits. */
  long(
    feature: FeatureText & {
      readonly value: Exclude<Behind<bigint>, { node: string }>
      readonly unit?: string
    },
  ): string {
    const { value, unit } = feature
    const address = 'at' in value ? value.at : this.allot((at) => longRegister(at, value.read, value.write))
    const register = this.#register('IntReg', feature, { address, length: 8, access: accessOf(value) }, [
      element('Sign', 'Signed'),
      element('Endianess', 'BigEndian'),
    ])
    this.#feature('Integer', feature, [element('pValue', register), element('Unit', unit)])
    return feature.name
  }

  float(feature: FloatFeature & { readonly value: OwnValue<number> }): string {
    const { value, min, max, unit, representation } = feature
    const address = this.allot((at) => doubleRegister(at, value.read, value.write))
    const register = this.#register('FloatReg', feature, { address, length: 8, access: accessOf(value) }, [
      element('Endianess', 'BigEndian'),
    ])
    this.#feature('Float', feature, [
      element('pValue', register),
      ...limits({ min, max }),
      element('Unit', unit),
      element('Representation', representation),
    ])
    return feature.name
  }

  /** A float that is kept as an integer: `toRaw` makes the register's value of FROM, `fromRaw` the feature's of TO. */
  converted(
    feature: FloatFeature & {
      readonly value: Behind<number>
      readonly toRaw: string
      readonly fromRaw: string
    },
  ): string {
    const { value, toRaw, fromRaw, name, min, max, unit, representation } = feature
    const converter = `${name}Converter`
    this.node(
      element(
        'Converter',
        [
          element('FormulaTo', toRaw),
          element('FormulaFrom', fromRaw),
          element('pValue', this.#number(feature, value)),
          element('Slope', 'Increasing'),
        ],
        { Name: converter },
      ),
    )
    this.#feature('Float', feature, [
      element('pValue', converter),
      ...limits({ min, max }),
      element('Unit', unit),
      element('Representation', representation),
    ])
    return name
  }

  enumeration(feature: EnumerationFeature): string {
    const { entries, value, bits } = feature
    const known = new Set(entries.map((entry) => entry.value))
    const checked =
      value === undefined || !('read' in value) || value.write === undefined
        ? value
        : { read: value.read, write: checkedWriter(value.write, known) }
    this.#feature('Enumeration', feature, [
      ...entries.map((entry) =>
        element('EnumEntry', [element('ToolTip', entry.tip), element('Value', entry.value)], {
          Name: entry.name,
          NameSpace: 'Standard',
        }),
      ),
      checked === undefined
        ? element('Value', entries[0]?.value)
        : element('pValue', this.#number(feature, checked, bits)),
    ])
    return feature.name
  }

  boolean(feature: FeatureText & { readonly value: Behind<boolean> }): string {
    const { value } = feature
    const number = 'read' in value ? bitOf(value) : value
    this.#feature('Boolean', feature, [element('pValue', this.#number(feature, number))])
    return feature.name
  }

  command(feature: FeatureText & { readonly run: Writer<number> }): string {
    const address = this.allot((at) => commandRegister(at, feature.run))
    const register = this.#register('IntReg', feature, { address, length: 4, access: 'WO' }, unsigned)
    this.#feature('Command', feature, [element('pValue', register), element('CommandValue', 1)])
    return feature.name
  }

  /** A text in a register that is there already. */
  text(
    feature: FeatureText & { readonly at: number; readonly bytes: number; readonly access: 'RO' | 'RW' },
  ): string {
    const { at, bytes, access } = feature
    const register = this.#register('StringReg', feature, { address: at, length: bytes, access }, [])
    this.#feature('String', feature, [element('pValue', register)])
    return feature.name
  }

  /**
   * One number of 32 bits per entry of a selector, each in a register of its own, one after the other.
   * @returns the node that is the selected one
   */
  indexed(
    name: string,
    selector: string,
    values: readonly OwnValue<number>[],
    sign: 'Signed' | 'Unsigned' = 'Unsigned',
  ): string {
    const addresses = values.map(({ read, write }) => this.allot((at) => numberRegister(at, read, write)))
    this.node(
      element(
        'IntReg',
        [
          element('Address', hex(addresses[0] ?? 0)),
          element('pIndex', selector, { Offset: '4' }),
          element('Length', 4),
          element('AccessMode', values.every(({ write }) => write === undefined) ? 'RO' : 'RW'),
          element('pPort', 'Device'),
          element('Cachable', 'NoCache'),
          element('Sign', sign),
          element('Endianess', 'BigEndian'),
        ],
        { Name: name },
      ),
    )
    return name
  }

  /** A formula over other nodes, an `IntSwissKnife` or, with decimals, a `SwissKnife`. */
  formula(
    kind: 'IntSwissKnife' | 'SwissKnife',
    name: string,
    formula: string,
    variables: Readonly<Record<string, string>>,
    about: readonly string[] = [],
  ): string {
    this.node(
      element(
        kind,
        [
          ...about,
          ...Object.entries(variables).map(([variable, node]) =>
            element('pVariable', node, { Name: variable }),
          ),
          element('Formula', formula),
        ],
        { Name: name },
      ),
    )
    return name
  }

  #number(
    feature: FeatureText,
    value: Behind<number>,
    bits?: { readonly first: number; readonly last: number },
  ): string {
    if ('node' in value) return value.node
    const address = 'at' in value ? value.at : this.allot((at) => numberRegister(at, value.read, value.write))
    const place = { address, length: 4, access: accessOf(value) }
    if (bits === undefined) return this.#register('IntReg', feature, place, unsigned)
    // GenICam's LSB is the larger number on big-endian registers, whose bit 0 is the most significant one.
    return this.#register('MaskedIntReg', feature, place, [
      element('LSB', bits.last),
      element('MSB', bits.first),
      ...unsigned,
    ])
  }

  #register(
    kind: string,
    { name, pollingMs, invalidatedBy = [] }: FeatureText,
    place: { address: number; length: number; access: string },
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

  #feature(kind: string, feature: FeatureText, rest: readonly string[]): void {
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

const unsigned = [element('Sign', 'Unsigned'), element('Endianess', 'BigEndian')]

function limits({
  min,
  max,
  inc,
}: {
  min?: Limit | undefined
  max?: Limit | undefined
  inc?: Limit | undefined
}) {
  return [limit('Min', min), limit('Max', max), limit('Inc', inc)]
}

function limit(name: string, value: Limit | undefined): string {
  return typeof value === 'object' ? element(`p${name}`, value.node) : element(name, value)
}
