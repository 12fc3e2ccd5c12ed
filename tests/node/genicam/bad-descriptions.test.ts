import { describe, expect, test } from 'vitest'
import type { NodeMap } from '../../../drivers/gige-vision/genicam/node-map.ts'
import { loadNodeMap } from '../../../drivers/gige-vision/genicam/load-node-map.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { descriptionXml, registerXml } from '../../fixtures/genicam/description-xml.ts'
import { RegisterMemory } from '../../fixtures/genicam/register-memory.ts'
import { comparedDescription } from '../../fixtures/genicam/compared-description.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const sound = `<Integer Name="Sound"><Value>1</Value></Integer>`

function mapOf(nodes: string, features: readonly string[] = []): NodeMap {
  return loadNodeMap(descriptionXml(sound + nodes, features), { Device: new RegisterMemory() })
}

describe('descriptions that cannot be used', () => {
  const bomb = `<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><RegisterDescription>&b;</RegisterDescription>`
  test.each<[string, string, string]>([
    ['an entity bomb', bomb, 'document type'],
    [
      'an entity from a file',
      '<!DOCTYPE x SYSTEM "file:///etc/passwd"><RegisterDescription/>',
      'document type',
    ],
    ['an unknown entity', '<RegisterDescription>&lol;</RegisterDescription>', 'no valid XML'],
    ['deep nesting', `${'<a>'.repeat(100_000)}`, 'nested deeper'],
    [
      'too many elements',
      `<RegisterDescription>${'<a/>'.repeat(500_001)}</RegisterDescription>`,
      'more than 500000 elements',
    ],
    [
      'too much text',
      `<RegisterDescription>${' '.repeat(33 * 1024 * 1024)}</RegisterDescription>`,
      'larger than 32 MB',
    ],
    ['nothing', '', 'no valid XML'],
    ['half a document', '<RegisterDescription><Integer Name="A">', 'no valid XML'],
    ['another document', '<html/>', 'root element is "html"'],
    ['no XML', 'Not found', 'no valid XML'],
  ])('%s is refused', (_name, xml, reason) => {
    expect(() => loadNodeMap(xml, {})).toThrow(CoverslipError)
    expect(() => loadNodeMap(xml, {})).toThrow(reason)
  })

  test('a description damaged anywhere ends in a clear error, or in a map whose features can all be asked for', async () => {
    const { xml } = comparedDescription()
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: xml.length }),
        fc.nat({ max: 60 }),
        fc.oneof(
          fc.string({ maxLength: 5 }),
          fc.constantFrom('0', '-1', '9'.repeat(30), 'VarA', 'A', '<', '/'),
        ),
        async (at, removed, added) => {
          const memory = new RegisterMemory(0x9000)
          try {
            const map = loadNodeMap(xml.slice(0, at) + added + xml.slice(at + removed), { Device: memory })
            for (const { fault } of await map.features()) expect(fault?.code).not.toBe('INTERNAL')
          } catch (error) {
            expect(error).toMatchObject({ code: 'DEVICE_FAILED' })
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('faulty nodes', () => {
  const register = { address: 0, length: 4 }
  test.each<[string, string, string]>([
    ['an unknown type', '<SmartFeature Name="Bad"/>', 'SmartFeature are not known'],
    ['a missing node', '<Integer Name="Bad"><pValue>Gone</pValue></Integer>', 'refers to "Gone"'],
    [
      'a missing condition',
      '<Integer Name="Bad"><Value>1</Value><pIsLocked>Gone</pIsLocked></Integer>',
      'refers to "Gone"',
    ],
    ['a category for a value', '<Integer Name="Bad"><pValue>Root</pValue></Integer>', 'has no value'],
    ['no value', '<Float Name="Bad"/>', 'neither Value nor pValue'],
    ['a value that is no number', '<Integer Name="Bad"><Value>many</Value></Integer>', 'no 64-bit integer'],
    ['a float that is none', '<Float Name="Bad"><Value>1,5</Value></Float>', 'no number'],
    ['no address', '<IntReg Name="Bad"><Length>4</Length></IntReg>', 'no Address'],
    ['no length', '<IntReg Name="Bad"><Address>4</Address></IntReg>', 'no Length'],
    ['no bits', registerXml('MaskedIntReg', 'Bad', register), 'neither Bit nor LSB'],
    ['negative bits', registerXml('MaskedIntReg', 'Bad', register, '<Bit>-1</Bit>'), 'between 0 and 63'],
    ['an unknown mode', registerXml('IntReg', 'Bad', register).replace('RW', 'XX'), 'AccessMode "XX"'],
    [
      'an inherited name of objects',
      registerXml('IntReg', 'Bad', register).replace('RW', 'toString'),
      '"toString"',
    ],
    ['an unknown sign', registerXml('IntReg', 'Bad', register, '<Sign>Maybe</Sign>'), 'Sign "Maybe"'],
    ['no formula', '<SwissKnife Name="Bad"/>', 'has no Formula'],
    ['a faulty formula', '<SwissKnife Name="Bad"><Formula>1 +</Formula></SwissKnife>', 'too early'],
    ['an unknown variable', '<SwissKnife Name="Bad"><Formula>A</Formula></SwissKnife>', 'names "A"'],
    ['no entries', '<Enumeration Name="Bad"><Value>1</Value></Enumeration>', 'no EnumEntry'],
    [
      'an entry without value',
      '<Enumeration Name="Bad"><Value>1</Value><EnumEntry Name="A"/></Enumeration>',
      'no Value',
    ],
    ['no command value', '<Command Name="Bad"><Value>1</Value></Command>', 'no CommandValue'],
    [
      'no polling time',
      '<Integer Name="Bad"><Value>1</Value><PollingTime>0</PollingTime></Integer>',
      'PollingTime',
    ],
  ])('%s is told with the name of the node, and others work', async (_name, xml, reason) => {
    const map = mapOf(xml)
    expect(map.faults).toHaveLength(1)
    expect(map.faults[0]).toMatchObject({ code: 'DEVICE_FAILED', data: { node: 'Bad' } })
    expect(map.faults[0]?.message).toContain(reason)
    expect(map.has('Bad')).toBe(false)
    await expect(map.get('Bad')).rejects.toThrow(reason)
    expect(await map.get('Sound')).toBe(1n)
  })

  test.each<[string, string, string]>([
    [
      'a faulty neighbour',
      '<Integer Name="Bad"><pValue>Worse</pValue></Integer><Integer Name="Worse"/>',
      'neither Value nor pValue',
    ],
    [
      'a string for a number',
      '<Float Name="Bad"><pValue>Text</pValue></Float><String Name="Text"/>',
      'needs a number',
    ],
    ['a number for a string', '<String Name="Bad"><pValue>Sound</pValue></String>', 'needs a string'],
    ['itself', '<Integer Name="Bad"><pValue>Bad</pValue></Integer>', 'Bad → Bad'],
    [
      'a circle',
      '<Integer Name="Bad"><pValue>B</pValue></Integer><IntSwissKnife Name="B"><pVariable Name="X">C</pVariable><Formula>X</Formula></IntSwissKnife><Float Name="C"><pValue>Bad</pValue></Float>',
      'Bad → B → C → Bad',
    ],
    [
      'an address that is itself',
      '<IntReg Name="Bad"><pAddress>Bad</pAddress><Length>4</Length></IntReg>',
      'Bad → Bad',
    ],
    [
      'a division by zero',
      '<IntSwissKnife Name="Bad"><pVariable Name="Z">Zero</pVariable><Formula>1 / Z</Formula></IntSwissKnife><Integer Name="Zero"><Value>0</Value></Integer>',
      'Z = 0: it divides by zero',
    ],
    [
      'a limit without result',
      '<Float Name="Bad"><Value>1</Value><pMax>M</pMax></Float><SwissKnife Name="M"><Formula>1 / 0</Formula></SwissKnife>',
      'divides by zero',
    ],
    ['infinity', '<SwissKnife Name="Bad"><Formula>EXP(1000)</Formula></SwissKnife>', 'Infinity'],
    ['no number', '<SwissKnife Name="Bad"><Formula>SQRT(-1)</Formula></SwissKnife>', 'NaN'],
    ['an integer of 9 bytes', registerXml('IntReg', 'Bad', { address: 0, length: 9 }), 'longer than 8'],
    [
      'a bit beyond the register',
      registerXml('MaskedIntReg', 'Bad', { address: 0, length: 1 }, '<Bit>8</Bit>'),
      'beyond its 1 bytes',
    ],
    [
      'a float of 3 bytes',
      registerXml('FloatReg', 'Bad', { address: 0, length: 3 }),
      'neither of 4 nor of 8',
    ],
    [
      'a register of gigabytes',
      registerXml('Register', 'Bad', { address: 0, length: 4_000_000_000 }),
      'not between 1 and',
    ],
    [
      'a register of no bytes',
      registerXml('Register', 'Bad', { address: 0, length: 0 }),
      'not between 1 and',
    ],
    [
      'an address beyond the device',
      registerXml('IntReg', 'Bad', { address: 0xfffff, length: 4 }),
      '4 bytes were asked for, and 0 came',
    ],
    [
      'an index without a value',
      '<Integer Name="Bad"><pIndex>Sound</pIndex><ValueIndexed Index="5">1</ValueIndexed></Integer>',
      'no value for index 1',
    ],
    [
      'an unknown entry',
      '<IntSwissKnife Name="Bad"><pVariable Name="S.Enum.Off">Sound</pVariable><Formula>S.Enum.Off</Formula></IntSwissKnife>',
      'no entry "Off"',
    ],
  ])('that show when asked: %s', async (_name, xml, reason) => {
    const map = mapOf(xml, ['Bad', 'Sound'])
    const [bad, good] = await map.features()
    expect(bad).toMatchObject({ name: 'Bad', accessMode: 'NA' })
    expect(bad?.fault?.message).toContain(reason)
    expect(bad?.fault).toMatchObject({ code: 'DEVICE_FAILED', data: { node: expect.any(String) } })
    expect(good).toMatchObject({ name: 'Sound', value: 1n, fault: undefined })
  })

  test('a lock that depends on the value it locks is no circle', async () => {
    const map = mapOf(
      `<Integer Name="Width"><Value>8</Value><pIsLocked>Locked</pIsLocked><pMax>Room</pMax></Integer>
       <IntSwissKnife Name="Locked"><pVariable Name="W">Width</pVariable><Formula>W &gt; 100</Formula></IntSwissKnife>
       <Integer Name="Offset"><Value>4</Value><pMax>Rest</pMax></Integer>
       <IntSwissKnife Name="Room"><pVariable Name="O">Offset</pVariable><Formula>1000 - O</Formula></IntSwissKnife>
       <IntSwissKnife Name="Rest"><pVariable Name="W">Width</pVariable><Formula>1000 - W</Formula></IntSwissKnife>`,
    )
    expect(map.faults).toEqual([])
    expect(await map.feature('Offset')).toMatchObject({ max: 992n })
    await map.set('Width', 200)
    expect(await map.feature('Width')).toMatchObject({ accessMode: 'RO', max: 996n })
  })

  test('names used twice, categories in circles, features and selected nodes that are not there', () => {
    const map = mapOf(
      `<Integer Name="Sound"><Value>2</Value></Integer><Integer><Value>1</Value></Integer>
       <Category Name="Loop"><pFeature>TestControl</pFeature><pFeature>Loop</pFeature></Category>
       <Integer Name="Chooser"><Value>1</Value><pSelected>Lost</pSelected></Integer>`,
      ['Sound', 'Gone', 'Loop'],
    )
    expect(map.faults.map(({ message }) => message)).toEqual([
      expect.stringContaining('"Sound" is faulty in the camera\'s description: the name is used twice'),
      expect.stringContaining('has no name'),
      expect.stringContaining('selects "Lost"'),
      expect.stringContaining('holds "Gone"'),
      expect.stringContaining('holds category "TestControl"'),
      expect.stringContaining('holds category "Loop"'),
    ])
    expect(map.featureNames).toEqual(['Sound'])
  })

  test('a map without Root has its features by name', async () => {
    const map = loadNodeMap(`<RegisterDescription>${sound}</RegisterDescription>`, {})
    expect(map.categories).toEqual([])
    expect(map.faults[0]?.message).toContain('"Root"')
    expect(await map.get('Sound')).toBe(1n)
  })

  test('nodes that double each other, and chains without end, cost a bounded time', async () => {
    const doubling = Array.from(
      { length: 40 },
      (_, index) =>
        `<IntSwissKnife Name="D${index + 1}"><pVariable Name="A">D${index}</pVariable><pVariable Name="B">D${index}</pVariable><Formula>A + B</Formula></IntSwissKnife>`,
    )
    const chain = Array.from(
      { length: 5000 },
      (_, index) => `<Integer Name="C${index + 1}"><pValue>C${index}</pValue></Integer>`,
    )
    const map = mapOf(
      `<Integer Name="D0"><Value>1</Value></Integer><Integer Name="C0"><Value>1</Value></Integer>${doubling.join('')}${chain.join('')}`,
    )
    expect(await map.get('D5')).toBe(32n)
    await expect(map.get('D40')).rejects.toThrow('steps to evaluate')
    await expect(map.get('C5000')).rejects.toThrow('nodes in a row')
    expect(await map.get('C20')).toBe(1n)
  })
})
