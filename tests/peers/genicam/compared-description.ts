/** A description that uses every kind of node, for comparing two programs that evaluate it. */
import { descriptionXml } from '../../fixtures/genicam/description-xml.ts'

/** Where Aravis' fake camera has memory that nothing else uses. */
const freeMemory = { address: 0x8000, length: 0x1000 }

export type ComparedDescription = {
  readonly xml: string
  /** Features to be read. */
  readonly names: readonly string[]
  /** What to set, as text, one after the other. */
  readonly settings: readonly { readonly name: string; readonly value: string }[]
  /** What lies in the memory at first, and where that is. */
  readonly memory: { readonly address: number; readonly content: Uint8Array }
}

const bigEndian = '<Endianess>BigEndian</Endianess>'

const integerFormulas: Readonly<Record<string, string>> = {
  Precedence: '2 + 3 * 4 - 1',
  Parentheses: '(2 + 3) * (4 - 1)',
  LeftMinus: '10 - 4 - 3',
  LeftDivision: '100 / 7 / 2',
  NegativeDivision: '-7 / 2',
  NegativeRemainder: '-7 % 3',
  Remainder: '17 % 5',
  PowerRight: '2 ** 3 ** 2',
  PowerMinus: '-2 ** 2',
  PowerTimes: '2 * 3 ** 2',
  Complement: '~5',
  Bits: '0xFF & 0x0F | 0x30 ^ 0x10',
  BitsOfSum: '1 | 2 + 4',
  Shift: '1 << 4 + 1',
  ShiftRight: '-16 >> 2',
  ShiftFar: '1 << 40',
  Equal: '3 = 3',
  NotEqual: '3 <> 3',
  Less: '2 < 3',
  GreaterEqual: '2 >= 3',
  LessEqual: '3 <= 3',
  Greater: '4 > 3',
  And: '1 && 2',
  AndZero: '1 && 0',
  Or: '0 || 3',
  OrAnd: '1 || 0 && 0',
  Choice: '1 ? 2 : 3',
  ChoiceNested: '0 ? 2 : 1 ? 4 : 5',
  ChoiceOfComparison: '(3 > 2) ? 10 : 20',
  Hexadecimal: '0xdeadBEEF',
  Large: '9007199254740993 + 2',
  Wrapping: '0x7fffffffffffffff + 1',
  Sign: 'SGN(-5)',
  Negated: 'NEG(5)',
  Absolute: 'ABS(-5)',
  Truncated: 'TRUNC(3)',
  UnaryChain: '- - 3',
  UnaryPlus: '+3 + 2',
  Variables: 'A * 2 + B',
  VariablesChoice: '(A > B) ? A - B : B - A',
  VariablesBits: '(A >> 4) & 0xF',
  Constant: 'A + TEN',
  Expression: 'SUM * 2',
  MaxOfVariable: 'C.Max - C.Min',
}

const floatFormulas: Readonly<Record<string, string>> = {
  Precedence: '2 + 3 * 4 - 1',
  Division: '7 / 2',
  Remainder: '7.5 % 2',
  Power: '2 ** 0.5',
  PowerRight: '2 ** 3 ** 2',
  PowerMinus: '-2 ** 2',
  Exponent: '1.5e3 + 2E-1',
  LeadingPoint: '.5 + 1',
  TrailingPoint: '1. + 1',
  Sine: 'SIN(1)',
  Cosine: 'COS(1)',
  Tangent: 'TAN(0.5)',
  ArcSine: 'ASIN(0.5)',
  ArcCosine: 'ACOS(0.5)',
  ArcTangent: 'ATAN(2)',
  Exponential: 'EXP(1.5)',
  Logarithm: 'LN(10)',
  Decimal: 'LG(50)',
  Root: 'SQRT(2)',
  Absolute: 'ABS(-2.5)',
  Sign: 'SGN(-2.5)',
  Negated: 'NEG(2.5)',
  Truncated: 'TRUNC(-2.7)',
  Floor: 'FLOOR(-2.7)',
  Ceiling: 'CEIL(-2.2)',
  Rounded: 'ROUND(2.567, 2)',
  RoundedNegative: 'ROUND(-2.567, 1)',
  RoundedHalf: 'ROUND(2.5, 0)',
  Pi: 'PI * 2',
  Euler: 'E',
  Comparison: '(2.5 > 2) + (2.5 <= 2)',
  Equal: '(0.5 = 0.5) * 3',
  Choice: '(1.5 > 1) ? 0.25 : 0.75',
  Logic: '(1.5 && 0.5) + (0.0 || 0)',
  Nested: 'SQRT(ABS(-16)) + LN(EXP(2))',
  Variables: 'A / 3',
  VariablesChoice: '(A = 0) ? 0 : 1000 / A',
  Constant: 'A * TEN',
  Expression: 'SUM / 2',
}

/** Registers of each kind, one after the other, over the memory. */
class Registers {
  #offset = 0
  readonly xml: string[] = []
  readonly names: string[] = []

  add(type: string, name: string, length: number, extra: string): number {
    const address = freeMemory.address + this.#offset
    this.#offset += Math.max(8, Math.ceil(length / 8) * 8)
    this.xml.push(`<${type} Name="${name}"><Address>0x${address.toString(16)}</Address><Length>${length}</Length>
      <AccessMode>RW</AccessMode><pPort>Device</pPort>${extra}</${type}>`)
    this.names.push(name)
    return address
  }
}

/** The same each time. */
export function comparedDescription(): ComparedDescription {
  const registers = new Registers()
  addIntegerRegisters(registers)
  const structure = registers.add('IntReg', 'StructWhole', 4, bigEndian)
  const text = registers.add('StringReg', 'Text', 16, '')
  registers.add('FloatReg', 'FloatBig', 4, bigEndian)
  registers.add('FloatReg', 'FloatLittle', 4, '<Endianess>LittleEndian</Endianess>')
  registers.add('FloatReg', 'DoubleBig', 8, bigEndian)
  registers.add('FloatReg', 'DoubleLittle', 8, '<Endianess>LittleEndian</Endianess>')
  // One entry every 8 bytes.
  const [table = 0] = [0, 1, 2, 3].map((index) => registers.add('IntReg', `Table${index}`, 4, bigEndian))
  for (const name of ['Period', 'SwitchReg', 'CopyReg']) {
    registers.add('IntReg', name, 4, bigEndian)
  }
  const mode = registers.add('IntReg', 'ModeReg', 4, bigEndian)
  const content = pattern(freeMemory.length)
  // One of the enumeration's entries.
  content.fill(0, mode - freeMemory.address, mode - freeMemory.address + 4)
  const formulas = [
    ...Object.entries(integerFormulas).map(([name, formula]) =>
      formulaXml('IntSwissKnife', `Int${name}`, formula),
    ),
    ...Object.entries(floatFormulas).map(([name, formula]) =>
      formulaXml('SwissKnife', `Float${name}`, formula),
    ),
  ]
  const names = [
    ...registers.names,
    ...Object.keys(integerFormulas).map((name) => `Int${name}`),
    ...Object.keys(floatFormulas).map((name) => `Float${name}`),
    ...['StructHigh', 'StructLow', 'StructBit', 'StructSigned'],
    ...['AtIndex', 'AtOffset', 'AtNode', 'AtFormula'],
    ...[
      'VarA',
      'VarB',
      'Limited',
      'AsFloat',
      'Milliseconds',
      'Rate',
      'Tens',
      'Linked',
      'Indexed',
      'IndexedNode',
    ],
    ...['Mode', 'Switch', 'Label', 'ThreeLevels'],
  ]
  return {
    xml: descriptionXml(
      [...registers.xml, ...formulas, structXml(structure), otherNodes({ table, text })].join('\n'),
      names,
    ),
    names,
    settings: [
      { name: 'LittleSigned4Bits3To9', value: '-5' },
      { name: 'BigUnsigned4Bits3To9', value: '77' },
      { name: 'BigSigned8Bits10To40', value: '-123456789' },
      { name: 'LittleUnsigned2Bits0To15', value: '65535' },
      { name: 'StructHigh', value: '9' },
      { name: 'StructBit', value: '1' },
      { name: 'StructSigned', value: '-3' },
      { name: 'FloatBig', value: '1.5' },
      { name: 'DoubleLittle', value: '-0.125' },
      { name: 'Period', value: '2500' },
      { name: 'Milliseconds', value: '40' },
      { name: 'Rate', value: '250' },
      { name: 'Tens', value: '300' },
      { name: 'Limited', value: '24' },
      { name: 'AtIndex', value: '17' },
      { name: 'AtNode', value: '18' },
      { name: 'Mode', value: 'Fast' },
      { name: 'Switch', value: 'true' },
      { name: 'Text', value: 'compared' },
      { name: 'IntegerBig8Signed', value: '-1234567890123456789' },
    ],
    memory: { address: freeMemory.address, content },
  }
}

function addIntegerRegisters(registers: Registers): void {
  const orders = ['Little', 'Big']
  const signs = ['Signed', 'Unsigned']
  for (const order of orders) {
    for (const sign of signs) {
      const extra = `<Sign>${sign}</Sign><Endianess>${order}Endian</Endianess>`
      for (const length of [1, 2, 4, 8])
        registers.add('IntReg', `Integer${order}${length}${sign}`, length, extra)
      for (const [length, low, high] of [
        [2, 0, 15],
        [2, 5, 5],
        [4, 3, 9],
        [4, 0, 31],
        [4, 24, 31],
        [8, 10, 40],
        [8, 60, 63],
      ] as const) {
        // Least significant first as the register counts: big-endian ones from their most significant bit.
        const [lsb, msb] = order === 'Big' ? [high, low] : [low, high]
        registers.add(
          'MaskedIntReg',
          `${order}${sign}${length}Bits${low}To${high}`,
          length,
          `<LSB>${lsb}</LSB><MSB>${msb}</MSB>${extra}`,
        )
      }
    }
  }
}

/** Bytes of all kinds, the same each time; as floats they are moderate numbers. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 73 + (index >> 3) * 29 + 0x42) & 0xff)
}

function formulaXml(type: string, name: string, formula: string): string {
  const escaped = formula.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const variables = /\b[ABC]\b|SUM/.test(formula)
    ? `<pVariable Name="A">VarA</pVariable><pVariable Name="B">VarB</pVariable>`
    : ''
  const limits = formula.includes('C.')
    ? '<pVariable Name="C.Max">Limited</pVariable><pVariable Name="C.Min">Limited</pVariable>'
    : ''
  return `<${type} Name="${name}">${variables}${limits}<Constant Name="TEN">10</Constant>
    <Expression Name="SUM">A + B</Expression><Formula>${escaped}</Formula></${type}>`
}

function structXml(address: number): string {
  return `<StructReg Comment="Fields"><Address>0x${address.toString(16)}</Address><Length>4</Length>
    <AccessMode>RW</AccessMode><pPort>Device</pPort><Endianess>BigEndian</Endianess>
    <StructEntry Name="StructHigh"><LSB>7</LSB><MSB>0</MSB></StructEntry>
    <StructEntry Name="StructLow"><LSB>31</LSB><MSB>24</MSB></StructEntry>
    <StructEntry Name="StructBit"><Bit>12</Bit></StructEntry>
    <StructEntry Name="StructSigned"><LSB>23</LSB><MSB>16</MSB><Sign>Signed</Sign></StructEntry></StructReg>`
}

function otherNodes({ table, text }: { readonly table: number; readonly text: number }): string {
  const hex = (address: number) => `0x${address.toString(16)}`
  const place = `<Length>4</Length><AccessMode>RW</AccessMode><pPort>Device</pPort>${bigEndian}`
  return `
    <Integer Name="VarA"><Value>35</Value></Integer>
    <Integer Name="VarB"><Value>8</Value></Integer>
    <Integer Name="One"><Value>1</Value></Integer>
    <Integer Name="Two"><Value>2</Value></Integer>
    <Integer Name="TableAddress"><Value>${hex(table)}</Value></Integer>
    <IntReg Name="AtIndex"><Address>${hex(table)}</Address><pIndex Offset="8">Two</pIndex>${place}</IntReg>
    <IntReg Name="AtOffset"><Address>${hex(table)}</Address><pIndex Offset="0x8">One</pIndex>${place}</IntReg>
    <IntReg Name="AtNode"><pAddress>TableAddress</pAddress>${place}</IntReg>
    <IntReg Name="AtFormula"><Address>${hex(table)}</Address>
      <IntSwissKnife Name="AddressFormula"><pVariable Name="T">Two</pVariable><Formula>T * 8 + 8</Formula></IntSwissKnife>${place}</IntReg>
    <Integer Name="Limited"><pValue>CopyReg</pValue><Min>8</Min><Max>4096</Max><Inc>8</Inc></Integer>
    <Integer Name="Linked"><pValue>Period</pValue></Integer>
    <Float Name="AsFloat"><pValue>Period</pValue></Float>
    <Converter Name="Milliseconds"><pVariable Name="K">Scale</pVariable><FormulaTo>FROM * K</FormulaTo><FormulaFrom>TO / K</FormulaFrom>
      <pValue>Period</pValue></Converter>
    <Float Name="Scale"><Value>1000</Value></Float>
    <Converter Name="Rate"><FormulaTo>1000000 / FROM</FormulaTo><FormulaFrom>(TO = 0) ? 0 : 1000000 / TO</FormulaFrom>
      <pValue>Period</pValue></Converter>
    <IntConverter Name="Tens"><FormulaTo>FROM * 10</FormulaTo><FormulaFrom>TO / 10</FormulaFrom><pValue>Period</pValue></IntConverter>
    <Integer Name="Indexed"><pIndex>Two</pIndex><ValueIndexed Index="1">11</ValueIndexed><ValueIndexed Index="2">22</ValueIndexed>
      <ValueDefault>99</ValueDefault></Integer>
    <Integer Name="IndexedNode"><pIndex>One</pIndex><pValueIndexed Index="1">Period</pValueIndexed><ValueDefault>99</ValueDefault></Integer>
    <Enumeration Name="Mode"><EnumEntry Name="Off"><Value>0</Value></EnumEntry><EnumEntry Name="Fast"><Value>5</Value></EnumEntry>
      <pValue>ModeReg</pValue></Enumeration>
    <Boolean Name="Switch"><pValue>SwitchReg</pValue><OnValue>7</OnValue><OffValue>3</OffValue></Boolean>
    <StringReg Name="Label"><Address>${hex(text)}</Address><Length>16</Length><AccessMode>RO</AccessMode><pPort>Device</pPort></StringReg>
    <SwissKnife Name="LevelOne"><pVariable Name="A">Milliseconds</pVariable><Formula>A * 2</Formula></SwissKnife>
    <SwissKnife Name="LevelTwo"><pVariable Name="A">LevelOne</pVariable><Formula>A + 1</Formula></SwissKnife>
    <SwissKnife Name="ThreeLevels"><pVariable Name="A">LevelTwo</pVariable><Formula>A / 3</Formula></SwissKnife>`
}
