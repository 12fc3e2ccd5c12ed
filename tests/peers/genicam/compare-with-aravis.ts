/**
 * Runs in a network namespace of its own: serves `comparedDescription` by Aravis' fake camera, and prints as JSON what
 * its features are by our node map and by arv-tool, before and after each has set some of them.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { fetchDescription } from '../../../drivers/gige-vision/genicam/fetch/fetch-description.ts'
import { parseDescriptionUrl } from '../../../drivers/gige-vision/genicam/fetch/description-url.ts'
import { loadNodeMap } from '../../../drivers/gige-vision/genicam/load-node-map.ts'
import { GvcpClient } from '../../../drivers/gige-vision/gvcp/gvcp-client.ts'
import { GvcpRegisterPort } from '../../../drivers/gige-vision/gvcp/gvcp-register-port.ts'
import { bootstrap } from '../../../drivers/gige-vision/protocol/bootstrap-registers.ts'
import { comparedDescription } from '../../fixtures/genicam/compared-description.ts'

const run = promisify(execFile)
const address = '127.0.0.1'
const description = comparedDescription()
const { names, restricted, settings, memory } = description

const folder = await mkdtemp(join(tmpdir(), 'genicam-'))
const file = join(folder, 'compared.xml')
await writeFile(file, description.xml)
const camera = spawn('arv-fake-gv-camera-0.8', ['-i', address, '-s', 'COMPARED', '-g', file], {
  stdio: 'ignore',
})
try {
  const client = await GvcpClient.open({
    deviceName: 'Aravis',
    address,
    port: 3956,
    localAddress: address,
    timeoutMs: 5000,
    attempts: 5,
  })
  await answering(client)
  const port = new GvcpRegisterPort(client)

  await client.writeRegister(bootstrap.controlPrivilege, 2)
  await client.writeMemory(memory.address, memory.content)
  const url = parseDescriptionUrl((await client.readMemory(bootstrap.xmlUrl1, 512)).toString('latin1'))
  const fetched = await fetchDescription(url, port, { cameraAddress: address })
  const map = loadNodeMap(fetched, { Device: port })

  const ours = await readOurs()
  await client.writeRegister(bootstrap.controlPrivilege, 0)
  const theirs = await readTheirs(names)
  const modes = { ours: await ourModes(), theirs: await theirModes() }

  await client.writeRegister(bootstrap.controlPrivilege, 2)
  for (const { name, value } of settings) await map.set(name, typed(value))
  const ourReadings = await readOurs()
  await client.writeRegister(bootstrap.controlPrivilege, 0)
  const afterOurSetting = { ours: ourReadings, theirs: await readTheirs(names) }

  await client.writeRegister(bootstrap.controlPrivilege, 2)
  await client.writeMemory(memory.address, memory.content)
  await client.writeRegister(bootstrap.controlPrivilege, 0)
  const theirReadings = await readTheirs([...settings.map(({ name, value }) => `${name}=${value}`), ...names])
  map.invalidate()
  const afterTheirSetting = { ours: await readOurs(), theirs: theirReadings }

  console.log(
    JSON.stringify({
      isFetchedWhole: fetched === description.xml,
      faults: map.faults.map(({ message }) => message),
      initial: { ours, theirs },
      modes,
      afterOurSetting,
      afterTheirSetting,
    }),
  )
  client.close()

  async function readOurs(): Promise<Record<string, string>> {
    const values: Record<string, string> = {}
    for (const name of names) {
      values[name] = map.has(name) ? await map.getString(name) : 'faulty'
    }
    return values
  }

  async function ourModes(): Promise<Record<string, string>> {
    const modesByName: Record<string, string> = {}
    for (const name of restricted) modesByName[name] = (await map.feature(name)).accessMode
    return modesByName
  }
} finally {
  camera.kill('SIGKILL')
  await rm(folder, { recursive: true })
}

async function answering(client: GvcpClient): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.readRegister(bootstrap.version)
      return
    } catch (error) {
      if (attempt === 10) throw error
      await setTimeout(100)
    }
  }
}

/** `Name = value min:0 max:9` per line; the last of a name counts. */
async function readTheirs(asked: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await run('arv-tool-0.8', ['-a', address, 'control', ...asked], { timeout: 90_000 })
  const lines = [...stdout.matchAll(/^(\w+) = (.*?)(?: min:.*)?$/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value.trim()]))
}

/** `Integer : [RW] 'Name'`, or `Integer : 'Name' (Not available)`; what is not implemented is left out. */
async function theirModes(): Promise<Record<string, string>> {
  const { stdout } = await run('arv-tool-0.8', ['-a', address, 'features'], { timeout: 90_000 })
  const lines = [...stdout.matchAll(/^\s+\w+\s*: (?:\[(\w+)\] )?'(\w+)'/gm)]
  const modes = new Map(lines.map(([, mode = 'NA', name = '']) => [name, mode]))
  return Object.fromEntries(restricted.map((name) => [name, modes.get(name) ?? 'NI']))
}

function typed(value: string): string | number | bigint | boolean {
  if (value === 'true') return true
  if (/^-?\d+$/.test(value)) return BigInt(value)
  return /^-?\d/.test(value) ? Number(value) : value
}
