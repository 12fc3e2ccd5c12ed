import { describe, expect, test } from 'vitest'
import { loadNodeMap } from '../../../drivers/gige-vision/genicam/load-node-map.ts'
import { descriptionXml, registerXml } from '../../fixtures/genicam/description-xml.ts'
import { RegisterMemory } from '../../fixtures/genicam/register-memory.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function mapOf(nodes: string, memory = new RegisterMemory()) {
  const map = loadNodeMap(descriptionXml(nodes), { Device: memory })
  expect(map.faults.map(({ message }) => message)).toEqual([])
  return { map, memory }
}

describe('values of nodes', () => {
  test('MaskedIntReg: any bits of any register, in both byte orders, signed and not', async () => {
    const example = fc.integer({ min: 1, max: 8 }).chain((length) =>
      fc.record({
        length: fc.constant(length),
        bits: fc.tuple(fc.nat({ max: 8 * length - 1 }), fc.nat({ max: 8 * length - 1 })),
        bigEndian: fc.boolean(),
        signed: fc.boolean(),
        content: fc.uint8Array({ minLength: length, maxLength: length }),
        written: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(example, async ({ length, bits, bigEndian, signed, content, written }) => {
        const extra = `<LSB>${bits[0]}</LSB><MSB>${bits[1]}</MSB><Sign>${signed ? 'Signed' : 'Unsigned'}</Sign>
          <Endianess>${bigEndian ? 'BigEndian' : 'LittleEndian'}</Endianess>`
        const { map, memory } = mapOf(registerXml('MaskedIntReg', 'Bits', { address: 16, length }, extra))
        memory.bytes.set(content, 16)
        memory.bytes.fill(0xa5, 16 + length)

        // The bits of the register as a row, the most significant first: how the standard numbers big-endian ones.
        const row = (bytes: Uint8Array) =>
          [...(bigEndian ? bytes : bytes.toReversed())].flatMap((byte) =>
            byte.toString(2).padStart(8, '0').split(''),
          )
        const place = (bit: number) => (bigEndian ? bit : 8 * length - 1 - bit)
        const from = Math.min(place(bits[0]), place(bits[1]))
        const to = Math.max(place(bits[0]), place(bits[1])) + 1
        const count = to - from
        const isSigned = signed || count === 64
        const numberOf = (digits: readonly string[]) => {
          const value = BigInt(`0b${digits.join('')}`)
          return isSigned ? BigInt.asIntN(count, value) : value
        }

        expect(await map.get('Bits')).toBe(numberOf(row(content).slice(from, to)))

        const value = isSigned ? BigInt.asIntN(count, written) : BigInt.asUintN(count, written)
        await map.set('Bits', value)
        expect(await map.get('Bits')).toBe(value)
        const after = row(memory.bytes.slice(16, 16 + length))
        expect(numberOf(after.slice(from, to))).toBe(value)
        expect(after.toSpliced(from, count)).toEqual(row(content).toSpliced(from, count))
        expect(memory.bytes[16 + length]).toBe(0xa5)
      }),
      { numRuns: 300 },
    )
  })

  test('IntReg: all lengths, 64 bits as a signed number, values that do not fit refused', async () => {
    const { map, memory } = mapOf(
      registerXml('IntReg', 'Long', { address: 0, length: 8 }) +
        registerXml('IntReg', 'Odd', { address: 8, length: 3 }, '<Endianess>BigEndian</Endianess>') +
        registerXml('IntReg', 'Byte', { address: 12, length: 1 }, '<Sign>Signed</Sign>'),
    )
    memory.bytes.fill(0xff, 0, 8)
    expect(await map.get('Long')).toBe(-1n)
    await map.set('Long', -(2n ** 63n))
    expect(memory.bytes[7]).toBe(0x80)
    await map.set('Odd', 0x010203)
    expect([...memory.bytes.slice(8, 11)]).toEqual([1, 2, 3])
    await map.set('Byte', -128n)
    await expect(map.set('Byte', 128n)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await expect(map.set('Odd', 2 ** 24)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await expect(map.set('Odd', 1.5)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await map.feature('Odd')).toMatchObject({ kind: 'integer', min: 0n, max: 2n ** 24n - 1n, inc: 1n })
  })

  test('FloatReg, StringReg and Register', async () => {
    const { map, memory } = mapOf(
      registerXml('FloatReg', 'Single', { address: 0, length: 4 }, '<Endianess>BigEndian</Endianess>') +
        registerXml('FloatReg', 'Double', { address: 8, length: 8 }, '<Unit>ms</Unit>') +
        registerXml('StringReg', 'Name', { address: 16, length: 8 }) +
        registerXml('Register', 'Table', { address: 32, length: 5 }),
    )
    await map.set('Single', 1.5)
    expect([...memory.bytes.slice(0, 4)]).toEqual([0x3f, 0xc0, 0, 0])
    await map.set('Double', 0.1)
    expect(await map.get('Double')).toBe(0.1)
    await expect(map.set('Single', 1e300)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await expect(map.set('Double', Number.NaN)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await map.set('Name', 'µ-Stage')
    expect(await map.get('Name')).toBe('µ-Stage')
    await map.set('Name', 'ab')
    expect([...memory.bytes.slice(16, 24)]).toEqual([97, 98, 0, 0, 0, 0, 0, 0])
    await expect(map.set('Name', 'ninechars')).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await map.set('Table', Uint8Array.of(1, 2, 3, 4, 5))
    await expect(map.set('Table', Uint8Array.of(1))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const table = await map.get('Table')
    expect(table).toEqual(Uint8Array.of(1, 2, 3, 4, 5))
    // What was handed out is a copy.
    if (table instanceof Uint8Array) table[0] = 99
    expect(await map.getString('Table')).toBe('0102030405')
    expect(await map.feature('Double')).toMatchObject({
      unit: 'ms',
      min: Number.NEGATIVE_INFINITY,
      inc: undefined,
    })
  })

  test('addresses are sums: numbers, nodes, formulas, indices', async () => {
    const { map, memory } = mapOf(`
      <Integer Name="Index"><Value>2</Value></Integer>
      <Integer Name="Base"><Value>0x100</Value></Integer>
      <Integer Name="Distance"><Value>16</Value></Integer>
      <IntReg Name="Sum"><Address>1</Address><Address>0x20</Address><pAddress>Base</pAddress>
        <IntSwissKnife><pVariable Name="I">Index</pVariable><Formula>I * 1000 - 1999</Formula></IntSwissKnife>
        <Length>2</Length><AccessMode>RW</AccessMode></IntReg>
      <IntReg Name="ByLength"><pAddress>Base</pAddress><pIndex>Index</pIndex><Length>4</Length></IntReg>
      <IntReg Name="ByOffset"><pAddress>Base</pAddress><pIndex Offset="0x10">Index</pIndex><Length>1</Length></IntReg>
      <IntReg Name="ByNode"><Address>0</Address><pIndex pOffset="Distance">Index</pIndex><Length>1</Length></IntReg>
      <Integer Name="Size"><Value>2</Value></Integer>
      <IntReg Name="ByNodeLength"><Address>0x200</Address><pLength>Size</pLength></IntReg>
      <StructReg Comment="Status"><Address>0x300</Address><Length>2</Length><AccessMode>RW</AccessMode>
        <pPort>Device</pPort><Endianess>BigEndian</Endianess>
        <StructEntry Name="First"><Bit>0</Bit></StructEntry>
        <StructEntry Name="Rest"><LSB>15</LSB><MSB>1</MSB><AccessMode>RO</AccessMode></StructEntry>
      </StructReg>`)
    memory.put(0x100 + 0x21 + 1, 1234, 2)
    memory.put(0x108, 77)
    memory.put(0x120, 55, 1)
    memory.put(32, 44, 1)
    memory.put(0x200, 0x0102_0304)
    memory.bytes.set([0x80, 0x07], 0x300)
    expect(await map.get('Sum')).toBe(1234n)
    expect(await map.get('ByLength')).toBe(77n)
    expect(await map.get('ByOffset')).toBe(55n)
    expect(await map.get('ByNode')).toBe(44n)
    expect(await map.get('ByNodeLength')).toBe(0x0304n)
    await map.set('Size', 4)
    expect(await map.get('ByNodeLength')).toBe(0x0102_0304n)
    expect(await map.get('First')).toBe(1n)
    expect(await map.get('Rest')).toBe(7n)
    await map.set('First', 0)
    expect([...memory.bytes.slice(0x300, 0x302)]).toEqual([0x00, 0x07])
    await expect(map.set('Rest', 1)).rejects.toMatchObject({ code: 'PROPERTY_READ_ONLY' })
    await map.set('Index', 3)
    expect(await map.get('ByLength')).toBe(0n)
  })

  test('Integer: limits of its own, of its register, of other nodes; steps; copies; indexed values', async () => {
    const { map, memory } = mapOf(`
      ${registerXml('IntReg', 'Reg', { address: 0, length: 2 })}
      ${registerXml('IntReg', 'Other', { address: 4, length: 2 })}
      <Integer Name="Plain"><pValue>Reg</pValue></Integer>
      <Integer Name="Limited"><pValue>Reg</pValue><pValueCopy>Other</pValueCopy>
        <Min>16</Min><pMax>Top</pMax><Inc>8</Inc><Unit>px</Unit><Representation>Logarithmic</Representation></Integer>
      <Integer Name="Top"><Value>64</Value></Integer>
      <Integer Name="Chooser"><Value>1</Value></Integer>
      <Integer Name="Indexed"><pIndex>Chooser</pIndex><ValueIndexed Index="1">11</ValueIndexed>
        <pValueIndexed Index="2">Reg</pValueIndexed><ValueDefault>-9</ValueDefault></Integer>`)
    expect(await map.feature('Plain')).toMatchObject({ min: 0n, max: 65535n })
    expect(await map.feature('Limited')).toMatchObject({
      min: 16n,
      max: 64n,
      inc: 8n,
      unit: 'px',
      representation: 'logarithmic',
    })
    await map.set('Limited', 24)
    expect([memory.bytes[0], memory.bytes[4]]).toEqual([24, 24])
    await expect(map.set('Limited', 25)).rejects.toThrow('16 plus a multiple of 8')
    await expect(map.set('Limited', 72)).rejects.toThrow('between 16 and 64')
    await map.set('Top', 72)
    await map.set('Limited', 72n)
    expect(await map.get('Indexed')).toBe(11n)
    await map.set('Chooser', 2)
    expect(await map.get('Indexed')).toBe(72n)
    await map.set('Chooser', 3)
    expect(await map.get('Indexed')).toBe(-9n)
    await map.set('Indexed', 5)
    expect(await map.get('Indexed')).toBe(5n)
  })

  test('Float over an integer, Converter and IntConverter in both directions, with their limits', async () => {
    const { map, memory } = mapOf(`
      ${registerXml('IntReg', 'Reg', { address: 0, length: 2 })}
      <Float Name="AsFloat"><pValue>Reg</pValue><Min>1.5</Min><Inc>0.5</Inc></Float>
      <Converter Name="Milliseconds"><FormulaTo>FROM * 1000 / SCALE</FormulaTo><FormulaFrom>TO / 1000 * SCALE</FormulaFrom>
        <pVariable Name="SCALE">Scale</pVariable><pValue>Reg</pValue><Unit>ms</Unit><Slope>Increasing</Slope></Converter>
      <Float Name="Scale"><Value>2</Value></Float>
      <Converter Name="Rate"><FormulaTo>1e6 / FROM</FormulaTo><FormulaFrom>1e6 / TO</FormulaFrom><pValue>Period</pValue></Converter>
      <Integer Name="Period"><pValue>Reg</pValue><Min>1000</Min><Max>10000</Max></Integer>
      <IntConverter Name="Tens"><FormulaTo>FROM * 10</FormulaTo><FormulaFrom>TO / 10</FormulaFrom><pValue>Period</pValue></IntConverter>
      <Converter Name="Shown"><FormulaFrom>TO + 1</FormulaFrom><pValue>Reg</pValue></Converter>
      <Converter Name="Inverse"><FormulaTo>1 / FROM</FormulaTo><FormulaFrom>1 / TO</FormulaFrom><pValue>Reg</pValue></Converter>`)
    memory.put(0, 5000, 2)
    expect(await map.get('AsFloat')).toBe(5000)
    expect(await map.get('Milliseconds')).toBe(10)
    expect(await map.feature('Milliseconds')).toMatchObject({
      min: 0,
      max: 131.07,
      unit: 'ms',
      accessMode: 'RW',
    })
    await map.set('Milliseconds', 3.0009)
    // Rounded, not cut off: 1500.45 is 1500, 1500.55 is 1501.
    expect(await map.get('Period')).toBe(1500n)
    await map.set('Milliseconds', 3.0011)
    expect(await map.get('Period')).toBe(1501n)
    expect(await map.feature('Rate')).toMatchObject({ min: 100, max: 1000 })
    await map.set('Rate', 200)
    expect(await map.get('Tens')).toBe(500n)
    await map.set('Tens', 123)
    expect(await map.get('Reg')).toBe(1230n)
    expect(await map.feature('Tens')).toMatchObject({ min: 100n, max: 1000n })
    expect(await map.feature('Shown')).toMatchObject({ accessMode: 'RO', value: 1231 })
    expect(await map.feature('Inverse')).toMatchObject({
      min: Number.NEGATIVE_INFINITY,
      max: Number.POSITIVE_INFINITY,
    })
    await map.set('AsFloat', 2.5)
    expect(await map.get('Reg')).toBe(3n)
    await expect(map.set('AsFloat', 2.3)).rejects.toThrow('1.5 plus a multiple of 0.5')
  })

  test('Enumeration, Boolean, Command, String', async () => {
    const { map, memory } = mapOf(`
      ${registerXml('IntReg', 'Reg', { address: 0, length: 4 })}
      ${registerXml('IntReg', 'Switch', { address: 4, length: 4 })}
      ${registerXml('IntReg', 'Start', { address: 8, length: 4 })}
      ${registerXml('IntReg', 'Trigger', { address: 12, length: 4 }).replace('RW', 'WO')}
      ${registerXml('StringReg', 'Text', { address: 16, length: 8 })}
      <Enumeration Name="Mode"><pValue>Reg</pValue>
        <EnumEntry Name="Off"><Value>0</Value><DisplayName>Turned off</DisplayName><ToolTip>Nothing</ToolTip></EnumEntry>
        <EnumEntry Name="Slow"><Value>0x10</Value></EnumEntry>
        <EnumEntry Name="Fast"><Value>5</Value><pIsAvailable>FastIsThere</pIsAvailable></EnumEntry>
        <EnumEntry Name="Never"><Value>6</Value><pIsImplemented>No</pIsImplemented></EnumEntry></Enumeration>
      <Integer Name="FastIsThere"><Value>0</Value></Integer>
      <Boolean Name="No"><Value>false</Value></Boolean>
      <Boolean Name="Enabled"><pValue>Switch</pValue><OnValue>7</OnValue><OffValue>3</OffValue></Boolean>
      <Command Name="AcquisitionStart"><pValue>Start</pValue><CommandValue>9</CommandValue></Command>
      <Command Name="TriggerSoftware"><pValue>Trigger</pValue><pCommandValue>Code</pCommandValue></Command>
      <Integer Name="Code"><Value>21</Value></Integer>
      <String Name="Label"><pValue>Text</pValue></String>
      <String Name="Own"><Value>fixed</Value></String>
      <IntSwissKnife Name="Combined"><pVariable Name="M">Mode</pVariable><pVariable Name="B">Enabled</pVariable>
        <pVariable Name="M.Enum.Slow">Mode</pVariable><pVariable Name="R.Max">Reg</pVariable>
        <Formula>(M = M.Enum.Slow) * 100 + B * 10 + (R.Max = 0xFFFFFFFF)</Formula></IntSwissKnife>`)
    expect(await map.feature('Mode')).toMatchObject({
      kind: 'enumeration',
      value: 'Off',
      entries: [
        { name: 'Off', displayName: 'Turned off', tooltip: 'Nothing', value: 0n },
        { name: 'Slow', displayName: 'Slow' },
      ],
    })
    await map.set('Mode', 'Slow')
    expect(memory.bytes[0]).toBe(16)
    expect(await map.getInteger('Mode')).toBe(16n)
    await expect(map.set('Mode', 'Fast')).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    await expect(map.set('Mode', 'Faster')).rejects.toThrow('one of Off, Slow, Fast, Never')
    await map.set('FastIsThere', 1)
    await map.set('Mode', 'Fast')
    expect(await map.get('Mode')).toBe('Fast')
    await map.set('Mode', 'Slow')
    await map.set('Enabled', true)
    expect(memory.bytes[4]).toBe(7)
    expect(await map.get('Combined')).toBe(111n)
    await map.set('Enabled', false)
    expect(await map.get('Enabled')).toBe(false)
    expect(memory.bytes[4]).toBe(3)

    await map.execute('AcquisitionStart')
    expect(memory.bytes[8]).toBe(9)
    expect(await map.isDone('AcquisitionStart')).toBe(false)
    memory.put(8, 0)
    expect(await map.isDone('AcquisitionStart')).toBe(true)
    await map.execute('TriggerSoftware')
    expect(memory.bytes[12]).toBe(21)
    expect(await map.isDone('TriggerSoftware')).toBe(true)
    await expect(map.execute('Mode')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(map.set('TriggerSoftware', 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })

    await map.set('Label', 'camera')
    expect(await map.get('Text')).toBe('camera')
    expect(await map.feature('Label')).toMatchObject({ kind: 'string', maxLength: 8 })
    expect(await map.get('Own')).toBe('fixed')

    memory.put(0, 4)
    map.invalidate('Mode')
    expect(await map.feature('Mode')).toMatchObject({ value: undefined, accessMode: 'RW', fault: undefined })
    await expect(map.get('Mode')).rejects.toThrow('the camera says 4')
  })
})
