/**
 * How fast a node map of 300 nodes is made from its XML, and features are read from what it has cached.
 *
 *     node bench/genicam.ts
 *
 * The first map is what a user waits for: nothing is compiled by then. Medians of the rest.
 */
import { loadNodeMap } from '../drivers/gige-vision/genicam/load-node-map.ts'
import type { RegisterPort } from '../drivers/gige-vision/genicam/register-port.ts'

const groups = 30
const maps = 30
const reads = 20_000

/** Ten nodes, as real descriptions combine them: a float over a converter over a limited integer over a register. */
function groupXml(index: number): string {
  const name = (what: string) => `${what}${index}`
  return `
  <Category Name="${name('Category')}"><DisplayName>Category ${index}</DisplayName>
    ${['Exposure', 'Mode', 'Enabled', 'Start', 'Level3'].map((what) => `<pFeature>${name(what)}</pFeature>`).join('')}
  </Category>
  <Float Name="${name('Exposure')}"><ToolTip>How long the sensor collects light.</ToolTip>
    <Description>Exposure time in microseconds, from the start of the exposure to its end.</Description>
    <DisplayName>Exposure Time</DisplayName><pIsLocked>${name('Level1')}</pIsLocked><pValue>${name('Scaled')}</pValue><Unit>us</Unit></Float>
  <Converter Name="${name('Scaled')}"><pVariable Name="K">${name('Ticks')}</pVariable>
    <FormulaTo>FROM * 1000 / (K &gt; 0 ? K : 1)</FormulaTo><FormulaFrom>TO * (K &gt; 0 ? K : 1) / 1000</FormulaFrom>
    <pValue>${name('Ticks')}</pValue></Converter>
  <IntReg Name="${name('Ticks')}"><Address>${index * 64}</Address><Length>4</Length><AccessMode>RW</AccessMode><pPort>Device</pPort>
    <Cachable>WriteThrough</Cachable><Sign>Unsigned</Sign><Endianess>BigEndian</Endianess></IntReg>
  <Enumeration Name="${name('Mode')}"><EnumEntry Name="Off"><Value>0</Value></EnumEntry>
    <EnumEntry Name="On"><Value>1</Value></EnumEntry><EnumEntry Name="Auto"><Value>2</Value></EnumEntry><pValue>${name('Bits')}</pValue></Enumeration>
  <MaskedIntReg Name="${name('Bits')}"><Address>${index * 64 + 4}</Address><Length>4</Length><AccessMode>RW</AccessMode>
    <pPort>Device</pPort><LSB>31</LSB><MSB>30</MSB><Endianess>BigEndian</Endianess></MaskedIntReg>
  <Boolean Name="${name('Enabled')}"><pValue>${name('Bits')}</pValue></Boolean>
  <Command Name="${name('Start')}"><pValue>${name('Ticks')}</pValue><CommandValue>1</CommandValue></Command>
  <IntSwissKnife Name="${name('Level1')}"><pVariable Name="T">${name('Ticks')}</pVariable><pVariable Name="B">${name('Bits')}</pVariable>
    <Formula>(T &lt;&lt; 2) + ((B = 2) ? 100 : (B &amp; 1) * 50)</Formula></IntSwissKnife>
  <IntSwissKnife Name="${name('Level2')}"><pVariable Name="L">${name('Level1')}</pVariable><Formula>(L * 3 + 7) % 1000</Formula></IntSwissKnife>
  <SwissKnife Name="${name('Level3')}"><pVariable Name="L">${name('Level2')}</pVariable><Formula>SQRT(L) * 1.5 + PI</Formula></SwissKnife>`
}

const categories = Array.from({ length: groups }, (_, index) => `<pFeature>Category${index}</pFeature>`).join(
  '',
)
const xml = `<?xml version="1.0" encoding="UTF-8"?>
<RegisterDescription ModelName="Bench" VendorName="Coverslip" xmlns="http://www.genicam.org/GenApi/Version_1_1">
<Category Name="Root">${categories}</Category>
${Array.from({ length: groups }, (_, index) => groupXml(index)).join('')}<Port Name="Device"/></RegisterDescription>`

let portReads = 0
const registers: RegisterPort = {
  read: async (_address, length) => {
    portReads += 1
    return new Uint8Array(length).fill(1)
  },
  write: async () => {},
}

const loadMs: number[] = []
for (let made = 0; made < maps; made++) {
  const start = performance.now()
  loadNodeMap(xml, { Device: registers })
  loadMs.push(performance.now() - start)
}
const [firstMs = 0, ...laterMs] = loadMs

const map = loadNodeMap(xml, { Device: registers })
const table: Record<string, object> = {
  [`${(xml.match(/ Name="(?!Off|On|Auto|[A-Z]")/g) ?? []).length} nodes, ${Math.round(xml.length / 1024)} KB`]:
    {
      'first, ms': firstMs.toFixed(1),
      'then, ms': median(laterMs).toFixed(1),
    },
}
console.table(table)

console.table({
  'register (Ticks0)': await microseconds(() => map.get('Ticks0')),
  'float over converter and formula of a lock (Exposure0)': await microseconds(() => map.get('Exposure0')),
  'three levels of formula (Level30)': await microseconds(() => map.get('Level30')),
  'everything of a feature (Exposure0)': await microseconds(() => map.feature('Exposure0')),
})
console.log(`${portReads} reads of the device in all: each register once per map.`)

async function microseconds(read: () => Promise<unknown>): Promise<object> {
  for (let warm = 0; warm < 2000; warm++) await read()
  const start = performance.now()
  for (let done = 0; done < reads; done++) await read()
  return { 'cached, µs': (((performance.now() - start) / reads) * 1000).toFixed(1) }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
