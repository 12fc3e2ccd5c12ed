import { describe, expect, test } from 'vitest'
import { loadNodeMap } from '../../../drivers/gige-vision/genicam/load-node-map.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { descriptionXml, registerXml } from '../../fixtures/genicam/description-xml.ts'
import { RegisterMemory } from '../../fixtures/genicam/register-memory.ts'

function mapOf(nodes: string, features: readonly string[] = []) {
  const memory = new RegisterMemory()
  const map = loadNodeMap(descriptionXml(nodes, features), { Device: memory })
  expect(map.faults.map(({ message }) => message)).toEqual([])
  return { map, memory }
}

const place = (address: number) => ({ address, length: 4 })
const modeOf = async (map: ReturnType<typeof loadNodeMap>, name: string) =>
  (await map.feature(name)).accessMode

describe('access modes', () => {
  test('of registers, imposed ones, those of nodes in between', async () => {
    const { map } = mapOf(`
      ${registerXml('IntReg', 'RwReg', place(0))}
      ${registerXml('IntReg', 'WoReg', place(4)).replace('RW', 'WO')}
      <IntReg Name="SilentReg"><Address>8</Address><Length>4</Length></IntReg>
      ${registerXml('IntReg', 'ChunkReg', place(12)).replace('>Device<', '>ChunkPort<')}
      <Integer Name="Rw"><pValue>RwReg</pValue></Integer>
      <Integer Name="Imposed"><ImposedAccessMode>RO</ImposedAccessMode><pValue>RwReg</pValue></Integer>
      <Integer Name="Nothing"><ImposedAccessMode>RO</ImposedAccessMode><pValue>WoReg</pValue></Integer>
      <Integer Name="Wo"><pValue>WoReg</pValue></Integer>
      <IntSwissKnife Name="OfWo"><pVariable Name="A">WoReg</pVariable><Formula>A</Formula></IntSwissKnife>
      <IntSwissKnife Name="OfRw"><pVariable Name="A">RwReg</pVariable><Formula>A</Formula></IntSwissKnife>
      <Port Name="ChunkPort"><ChunkID>1</ChunkID></Port>`)
    const modes = {
      Rw: 'RW',
      Imposed: 'RO',
      Nothing: 'NA',
      Wo: 'WO',
      OfWo: 'NA',
      OfRw: 'RO',
      SilentReg: 'RO',
      ChunkReg: 'NA',
    }
    for (const [name, mode] of Object.entries(modes))
      expect([name, await modeOf(map, name)]).toEqual([name, mode])
    await expect(map.get('Wo')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(map.set('Imposed', 1)).rejects.toMatchObject({ code: 'PROPERTY_READ_ONLY' })
    await map.set('Wo', 5)
  })

  test('pIsLocked, pIsAvailable and pIsImplemented count as they are now', async () => {
    const { map } = mapOf(`
      ${registerXml('IntReg', 'Reg', place(0))}
      ${registerXml('IntReg', 'Locks', place(4))}
      <IntSwissKnife Name="IsLocked"><pVariable Name="L">Locks</pVariable><Formula>L &amp; 1</Formula></IntSwissKnife>
      <IntSwissKnife Name="IsThere"><pVariable Name="L">Locks</pVariable><Formula>(L &amp; 2) = 0</Formula></IntSwissKnife>
      <IntSwissKnife Name="IsMade"><pVariable Name="L">Locks</pVariable><Formula>L &lt; 4</Formula></IntSwissKnife>
      <Integer Name="Width"><pIsImplemented>IsMade</pIsImplemented><pIsAvailable>IsThere</pIsAvailable>
        <pIsLocked>IsLocked</pIsLocked><pValue>Reg</pValue></Integer>
      <Integer Name="Above"><pValue>Width</pValue></Integer>`)
    const announced: string[][] = []
    map.onChanged((names) => announced.push([...names]))
    expect(await modeOf(map, 'Width')).toBe('RW')
    await map.set('Locks', 1)
    expect(announced.at(-1)).toEqual(expect.arrayContaining(['Width', 'Above', 'IsLocked']))
    expect(await modeOf(map, 'Width')).toBe('RO')
    expect(await modeOf(map, 'Above')).toBe('RO')
    await expect(map.set('Above', 3)).rejects.toMatchObject({
      code: 'PROPERTY_READ_ONLY',
      data: { accessMode: 'RO' },
    })
    await map.set('Locks', 2)
    expect(await map.feature('Width')).toMatchObject({ accessMode: 'NA', value: undefined, fault: undefined })
    await map.set('Locks', 4)
    expect(await modeOf(map, 'Above')).toBe('NI')
    await expect(map.get('Width')).rejects.toThrow('access mode NI')
  })
})

describe('caching', () => {
  const nodes = `
    ${registerXml('IntReg', 'Through', place(0))}
    ${registerXml('IntReg', 'Around', place(4), '<Cachable>WriteAround</Cachable>')}
    ${registerXml('IntReg', 'Never', place(8), '<Cachable>NoCache</Cachable>')}
    ${registerXml('IntReg', 'Payload', place(12), '<pInvalidator>Width</pInvalidator>')}
    ${registerXml('MaskedIntReg', 'Low', place(16), '<LSB>0</LSB><MSB>7</MSB>')}
    ${registerXml('MaskedIntReg', 'High', place(16), '<LSB>8</LSB><MSB>15</MSB>')}
    <Integer Name="Width"><pValue>Through</pValue></Integer>
    <IntSwissKnife Name="Twice"><pVariable Name="A">Never</pVariable><pVariable Name="B">Never</pVariable>
      <Formula>A + B</Formula></IntSwissKnife>`

  test('WriteThrough keeps what was written, WriteAround what was read, NoCache nothing', async () => {
    const { map, memory } = mapOf(nodes)
    for (const name of ['Through', 'Around', 'Never']) {
      await map.get(name)
      await map.get(name)
    }
    expect(memory.reads).toEqual([0, 4, 8, 8])
    memory.reads.length = 0
    for (const name of ['Through', 'Around', 'Never']) {
      await map.set(name, 5)
      expect(await map.get(name)).toBe(5n)
    }
    expect(memory.reads).toEqual([4, 8])
  })

  test('within one call, each register is read once', async () => {
    const { map, memory } = mapOf(nodes)
    memory.put(8, 21)
    expect(await map.get('Twice')).toBe(42n)
    expect(memory.reads).toEqual([8])
  })

  test('an invalidator and fields of the same register make others be read again', async () => {
    const { map, memory } = mapOf(nodes)
    await map.get('Payload')
    await map.get('High')
    memory.reads.length = 0
    await map.set('Width', 640)
    memory.put(12, 640)
    expect(await map.get('Payload')).toBe(640n)
    expect(memory.reads).toEqual([12])
    await map.set('High', 3)
    await map.set('Low', 4)
    expect(await map.get('High')).toBe(3n)
    expect(await map.get('Low')).toBe(4n)
    expect(memory.bytes.slice(16, 18)).toEqual(Uint8Array.of(4, 3))
  })

  test('a field is changed in what the device has, not in what was read before', async () => {
    const { map, memory } = mapOf(nodes)
    await map.get('Low')
    memory.put(16, 0x1200)
    await map.set('Low', 0x34)
    expect(memory.bytes.slice(16, 18)).toEqual(Uint8Array.of(0x34, 0x12))
  })

  test('a failed write leaves nothing cached of it, and the next call works', async () => {
    const { map, memory } = mapOf(nodes)
    await map.set('Through', 1)
    memory.failure = new CoverslipError('DEVICE_TIMEOUT', 'The camera does not answer')
    await expect(map.set('Through', 2)).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' })
    await expect(map.feature('Never')).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' })
    memory.failure = undefined
    expect(await map.get('Through')).toBe(1n)
  })

  test('invalidate forgets one feature or all; what was being read then is not cached', async () => {
    const { map, memory } = mapOf(nodes)
    await map.get('Around')
    await map.get('Width')
    memory.put(0, 9)
    memory.put(4, 9)
    map.invalidate('Width')
    expect(await map.get('Width')).toBe(9n)
    expect(await map.get('Around')).toBe(0n)
    map.invalidate()
    memory.whileReading = () => map.invalidate()
    await map.get('Around')
    memory.put(4, 11)
    expect(await map.get('Around')).toBe(11n)
    expect(() => map.invalidate('Nobody')).toThrow('no feature "Nobody"')
  })

  test('selectors: what they select is read anew, at its own address', async () => {
    const { map, memory } = mapOf(`
      <Enumeration Name="GainSelector"><Value>0</Value><pSelected>Gain</pSelected>
        <EnumEntry Name="Red"><Value>0</Value></EnumEntry><EnumEntry Name="Blue"><Value>1</Value></EnumEntry></Enumeration>
      <Integer Name="Gain"><pValue>GainReg</pValue></Integer>
      <IntReg Name="GainReg"><Address>0</Address><pIndex Offset="4">GainSelector</pIndex><Length>4</Length>
        <AccessMode>RW</AccessMode></IntReg>`)
    memory.put(0, 10)
    memory.put(4, 20)
    const announced: string[][] = []
    map.onChanged((names) => announced.push([...names]))
    expect(await map.get('Gain')).toBe(10n)
    await map.set('GainSelector', 'Blue')
    expect(announced[0]).toContain('Gain')
    expect(await map.get('Gain')).toBe(20n)
    await map.set('Gain', 30)
    expect([memory.bytes[0], memory.bytes[4]]).toEqual([10, 30])
    expect(await map.feature('GainSelector')).toMatchObject({ selects: ['Gain'], selectedBy: [] })
    expect(await map.feature('Gain')).toMatchObject({ selects: [], selectedBy: ['GainSelector'] })
  })

  test('polling: a value is read again when its time is over, and what depends on it is announced', async () => {
    const { map, memory } = mapOf(`
      ${registerXml('IntReg', 'TempReg', place(0), '<PollingTime>1000</PollingTime>')}
      ${registerXml('IntReg', 'FastReg', place(4), '<PollingTime>300</PollingTime>')}
      <Float Name="Temperature"><pValue>TempReg</pValue></Float>`)
    expect(map.pollingMs).toBe(300)
    const announced: string[][] = []
    map.onChanged((names) => announced.push([...names]))
    expect(await map.get('Temperature')).toBe(0)
    memory.put(0, 36)
    map.poll(200)
    expect(announced).toEqual([])
    map.poll(200)
    expect(announced).toEqual([['FastReg']])
    expect(await map.get('Temperature')).toBe(0)
    map.poll(600)
    expect(announced[1]?.toSorted()).toEqual(['FastReg', 'TempReg', 'Temperature'])
    expect(await map.get('Temperature')).toBe(36)
  })
})

describe('listing', () => {
  test('categories with their features, labels, and what a browser shows', async () => {
    const xml = descriptionXml(
      `<Group Comment="Exposure">${registerXml('FloatReg', 'ExposureTime', place(0), '<ToolTip>How long</ToolTip><Description>Long &amp; short</Description><DisplayName>Exposure Time</DisplayName><Visibility>Expert</Visibility><Streamable>Yes</Streamable>')}</Group>
       <Category Name="Inner"><pFeature>Hidden</pFeature><pFeature>ExposureTime</pFeature></Category>
       <Integer Name="Hidden"><Visibility>Invisible</Visibility><Value>1</Value></Integer>
       <Integer Name="Unlinked"><Value>7</Value></Integer>`,
      ['ExposureTime', 'Inner'],
    )
    const map = loadNodeMap(xml, { Device: new RegisterMemory() })
    expect(map.device).toMatchObject({
      vendorName: 'Coverslip',
      modelName: 'Test',
      schemaVersion: '1.1.0',
      version: '1.2.3',
    })
    expect(map.categories).toMatchObject([
      {
        name: 'TestControl',
        displayName: 'Test Control',
        features: ['ExposureTime'],
        categories: [{ name: 'Inner', features: ['Hidden', 'ExposureTime'] }],
      },
    ])
    expect(map.featureNames).toEqual(['ExposureTime', 'Hidden'])
    expect(await map.features()).toMatchObject([
      {
        name: 'ExposureTime',
        displayName: 'Exposure Time',
        tooltip: 'How long',
        description: 'Long & short',
        visibility: 'expert',
        streamable: true,
        categoryPath: ['Test Control'],
      },
      { name: 'Hidden', visibility: 'invisible', categoryPath: ['Test Control', 'Inner'] },
    ])
    expect(map.has('Unlinked')).toBe(true)
    expect(await map.get('Unlinked')).toBe(7n)
    expect(map.has('Device')).toBe(false)
    await expect(map.get('Nobody')).rejects.toMatchObject({ code: 'UNKNOWN_PROPERTY' })
  })
})
