/** The doctor, shown computers other than this one, and this one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { checkDeviceFiles } from '../../../src-main/engine/doctor/device-files.ts'
import { checkFirewall } from '../../../src-main/engine/doctor/firewall.ts'
import { type Machine, thisMachine } from '../../../src-main/engine/doctor/machine.ts'
import { checkDisk, checkMemory } from '../../../src-main/engine/doctor/memory-and-disk.ts'
import { checkMtu } from '../../../src-main/engine/doctor/mtu.ts'
import { checkFfmpeg, checkIndiserver } from '../../../src-main/engine/doctor/programs.ts'
import { checkReceiveBuffer } from '../../../src-main/engine/doctor/receive-buffer.ts'
import { checkSubnets } from '../../../src-main/engine/doctor/subnets.ts'
import { doctorReportSchema } from '../../../src-shared/doctor.ts'
import type { FoundConnection, NetworkInterface } from '../../../src-shared/hardware.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { allowUserDrivers, writeUserDriver } from '../../fixtures/user-driver.ts'

const gibibyte = 2 ** 30

type Shown = {
  readonly platform?: NodeJS.Platform
  readonly files?: Readonly<Record<string, string>>
  readonly refused?: readonly string[]
  /** What programs print when they are run, by name; a number: they fail with it. */
  readonly programs?: Readonly<Record<string, string | number>>
  readonly buffer?: number
  readonly disk?: number
  readonly memory?: number
}

function machine(shown: Shown): Machine {
  const { files = {}, programs = {}, refused = [] } = shown
  const paths = Object.keys(files)
  return {
    platform: shown.platform ?? 'linux',
    readText: async (path) => files[path],
    list: async (folder) =>
      paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
    exists: async (path) => paths.some((file) => file === path || file.startsWith(`${path}/`)),
    mayReadAndWrite: async (path) => !refused.includes(path),
    groupOf: async () => 20,
    findProgram: async (name) => (name in programs ? `/usr/bin/${name}` : undefined),
    run: async (path) => {
      const output = programs[path.slice('/usr/bin/'.length)] ?? ''
      return typeof output === 'number' ? { exitCode: output, output: '' } : { exitCode: 0, output }
    },
    receiveBuffer: async () => shown.buffer ?? 0,
    freeDiskBytes: async () => shown.disk ?? 0,
    availableMemoryBytes: () => shown.memory ?? 0,
    totalMemoryBytes: () => 16 * gibibyte,
  }
}

describe('the receive buffer', () => {
  it.each([
    // Linux tells twice of what there is.
    [{ buffer: 425_984 }, 'problem', 'net.core.rmem_max'],
    [{ buffer: 8 * 2 ** 20 }, 'warning', 'net.core.rmem_max'],
    [{ buffer: 32 * 2 ** 20 }, 'ok', undefined],
    [{ buffer: 4 * 2 ** 20, platform: 'darwin' }, 'warning', 'kern.ipc.maxsockbuf'],
    [{ buffer: 16 * 2 ** 20, platform: 'win32' }, 'ok', undefined],
  ] satisfies [Shown, string, string | undefined][])('%j: %s', async (shown, state, hint) => {
    const [check] = await checkReceiveBuffer(machine(shown))
    expect(check?.state).toBe(state)
    if (hint === undefined) expect(check?.hint).toBeUndefined()
    else expect(check?.hint).toContain(hint)
  })
})

const eth0: NetworkInterface = {
  name: 'eth0',
  address: '192.168.1.5',
  netmask: '255.255.255.0',
  loopback: false,
  chosen: true,
}
const lo: NetworkInterface = {
  name: 'lo',
  address: '127.0.0.1',
  netmask: '255.0.0.0',
  loopback: true,
  chosen: true,
}

describe('the packet size', () => {
  const withMtu = (mtu: string) => machine({ files: { '/sys/class/net/eth0/mtu': mtu } })

  it('is told for each chosen network', async () => {
    expect(await checkMtu(withMtu('9000\n'), [eth0, lo])).toMatchObject([{ id: 'mtu:eth0', state: 'ok' }])
    const [usual] = await checkMtu(withMtu('1500\n'), [eth0])
    expect(usual).toMatchObject({ state: 'ok', hint: expect.stringContaining('mtu 9000') })
    expect(await checkMtu(withMtu('576\n'), [eth0])).toMatchObject([{ state: 'problem' }])
    expect(await checkMtu(machine({}), [eth0])).toMatchObject([{ state: 'unknown' }])
  })

  it('does not matter where there is no cable', async () => {
    const wireless = machine({
      files: { '/sys/class/net/eth0/wireless/x': '', '/sys/class/net/eth0/mtu': '1500' },
    })
    expect(await checkMtu(wireless, [eth0])).toMatchObject([
      { state: 'warning', message: 'eth0 is wireless' },
    ])
  })

  it('is not checked without a network, or where the system does not tell', async () => {
    expect(await checkMtu(machine({}), [lo])).toMatchObject([{ state: 'unknown' }])
    const [windows] = await checkMtu(machine({ platform: 'win32' }), [eth0])
    expect(windows).toMatchObject({ state: 'unknown', hint: expect.stringContaining('Jumbo Packet') })
    expect(windows?.message).toContain('Not checked on this system')
  })
})

describe('addresses of cameras', () => {
  const camera = (address: string): FoundConnection => ({
    driver: 'gige-vision',
    address,
    title: 'Basler acA',
  })

  it('must be in a network of this computer', () => {
    expect(checkSubnets([eth0, lo], [])).toMatchObject([{ state: 'unknown' }])
    expect(checkSubnets([eth0, lo], [camera('192.168.1.77')])).toMatchObject([{ state: 'ok' }])
    const [outside] = checkSubnets([eth0, lo], [camera('192.168.1.77'), camera('169.254.3.4')])
    expect(outside).toMatchObject({ id: 'subnet:169.254.3.4', state: 'problem' })
    expect(outside?.hint).toContain('FORCEIP')
    expect(outside?.hint).toContain('192.168.1.5')
  })

  it('of other kinds of hardware may be anywhere', () => {
    expect(checkSubnets([eth0], [{ ...camera('10.0.0.1'), driver: 'indi' }])).toMatchObject([
      { state: 'unknown' },
    ])
  })
})

describe('the firewall', () => {
  const input = (policy: string) =>
    `table inet filter {\n chain input {\n type filter hook input priority filter; policy ${policy};\n }\n}`

  it.each([
    [{ files: { '/etc/ufw/ufw.conf': 'LOGLEVEL=low\nENABLED=yes\n' } }, 'warning', 'ufw'],
    [{ files: { '/etc/ufw/ufw.conf': 'ENABLED=no\n' } }, 'ok', 'No firewall program'],
    [{ files: { '/run/firewalld/x': '' } }, 'warning', 'firewalld'],
    [{ programs: { nft: 1 } }, 'unknown', 'only root'],
    [{ programs: { nft: input('drop') } }, 'warning', 'may keep'],
    [{ programs: { nft: input('accept') } }, 'ok', 'No rule'],
    [{ programs: { nft: '' } }, 'ok', 'No rule'],
    [{ programs: { iptables: '-P INPUT DROP\n' } }, 'warning', 'may keep'],
    [{ programs: { iptables: '-P INPUT ACCEPT\n-A INPUT -p tcp -j ACCEPT\n' } }, 'ok', 'No rule'],
    [{ programs: { iptables: 4 } }, 'unknown', 'only root'],
    [{ platform: 'win32' }, 'unknown', 'Not checked on this system'],
    [{ platform: 'darwin' }, 'unknown', 'Not checked on this system'],
    [{ platform: 'freebsd' }, 'unknown', 'Not checked on this system'],
  ] satisfies [Shown, string, string][])('%j: %s', async (shown, state, message) => {
    const [check] = await checkFirewall(machine(shown))
    expect(check?.state).toBe(state)
    expect(check?.message).toContain(message)
  })
})

describe('programs', () => {
  it.each([
    [{}, 'warning', 'not installed'],
    [{ programs: { ffmpeg: 'ffmpeg version 5.1.9-0+deb12u1 Copyright' } }, 'ok', '5.1.9-0+deb12u1'],
    [{ programs: { ffmpeg: 'ffmpeg version n7.1 Copyright' } }, 'ok', 'version 7.1'],
    [{ programs: { ffmpeg: 'ffmpeg version 3.4.11-0ubuntu' } }, 'warning', '3.4.11'],
    [{ programs: { ffmpeg: 'ffmpeg version N-109468-gd39b34123d' } }, 'ok', 'no numbered version'],
  ] satisfies [Shown, string, string][])('ffmpeg %j: %s', async (shown, state, message) => {
    const [check] = await checkFfmpeg(machine(shown))
    expect(check?.state).toBe(state)
    expect(check?.message).toContain(message)
  })

  it('indiserver is for other systems than Windows', async () => {
    expect(await checkIndiserver(machine({ programs: { indiserver: '' } }))).toMatchObject([{ state: 'ok' }])
    expect(await checkIndiserver(machine({}))).toMatchObject([{ state: 'warning' }])
    expect(await checkIndiserver(machine({ platform: 'win32' }))).toMatchObject([{ state: 'unknown' }])
  })
})

describe('device files', () => {
  const files = {
    '/dev/ttyUSB0': '',
    '/dev/video0': '',
    '/dev/video1': '',
    '/dev/null': '',
    '/etc/group': 'root:x:0:\ndialout:x:20:anna\n',
  }

  it('must be open to the user', async () => {
    expect(await checkDeviceFiles(machine({ files }))).toMatchObject([
      { id: 'serial-ports', state: 'ok', message: 'May be used: /dev/ttyUSB0' },
      { id: 'video-devices', state: 'ok', message: 'May be used: /dev/video0, /dev/video1' },
    ])
    const refused = await checkDeviceFiles(machine({ files, refused: ['/dev/ttyUSB0'] }))
    expect(refused[0]).toMatchObject({ state: 'problem', message: 'May not be used: /dev/ttyUSB0' })
    expect(refused[0]?.hint).toContain('usermod -aG dialout')
  })

  it('are not there, or not on this system', async () => {
    expect(await checkDeviceFiles(machine({}))).toMatchObject([{ state: 'ok' }, { state: 'ok' }])
    const mac = await checkDeviceFiles(machine({ platform: 'darwin' }))
    expect(mac).toMatchObject([
      { state: 'unknown' },
      { state: 'unknown', hint: expect.stringContaining('Camera') },
    ])
  })
})

describe('room', () => {
  it('on the disk of the data folder, made or not', async () => {
    expect(await checkDisk(machine({ disk: 50 * gibibyte }), '/data')).toMatchObject([{ state: 'ok' }])
    expect(await checkDisk(machine({ disk: 5 * gibibyte }), '/data')).toMatchObject([{ state: 'warning' }])
    expect(await checkDisk(machine({ disk: 2 ** 20 }), '/data')).toMatchObject([{ state: 'problem' }])
    expect(await checkDisk(machine({}), undefined)).toMatchObject([{ state: 'unknown' }])
    expect(await checkDisk(thisMachine, '/no/such/folder')).toMatchObject([
      { message: expect.stringMatching(/^[\d.]+ GiB free for \/no\/such\/folder$/) },
    ])
  })

  it('in memory', () => {
    expect(checkMemory(machine({ memory: 8 * gibibyte }))).toMatchObject([{ state: 'ok' }])
    expect(checkMemory(machine({ memory: gibibyte }))).toMatchObject([{ state: 'warning' }])
    expect(checkMemory(machine({ memory: 2 ** 20 }))).toMatchObject([{ state: 'problem' }])
  })
})

describe('an examination', () => {
  let data: Awaited<ReturnType<typeof temporaryFolder>>
  let engine: Engine
  beforeEach(async () => {
    data = await temporaryFolder()
    engine = await createEngine({ connections: [], dataFolder: data.path })
  })
  afterEach(async () => {
    await engine.close()
    await data.remove()
  })

  it('of this computer answers every question, with advice where something is wrong', async () => {
    const report = doctorReportSchema.parse(await engine.hardware.diagnose())
    const ids = report.checks.map(({ id }) => id.replace(/^mtu:.*/, 'mtu'))
    for (const id of [
      'udp-receive-buffer',
      'mtu',
      'subnet',
      'firewall',
      'ffmpeg',
      'indiserver',
      'disk',
      'memory',
    ])
      expect(ids).toContain(id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { state, hint } of report.checks)
      if (state === 'problem' || state === 'warning') expect(hint).toBeTruthy()
  })

  it('asks the drivers, and survives those that fail', async () => {
    await writeUserDriver(
      data.path,
      'wise',
      `diagnose: async () => [{ id: 'wise:cable', title: 'Cable', state: 'problem', message: 'Torn', hint: 'Take another.' }]`,
    )
    await writeUserDriver(data.path, 'rude', `diagnose: async () => 'go away'`)
    await writeUserDriver(data.path, 'sick', `diagnose: async () => { throw new Error('Ouch') }`)
    await allowUserDrivers(engine)
    const { checks } = await engine.hardware.diagnose()
    expect(checks).toContainEqual({
      id: 'wise:cable',
      title: 'Cable',
      state: 'problem',
      message: 'Torn',
      hint: 'Take another.',
    })
    expect(checks.find(({ id }) => id === 'failed:sick')).toMatchObject({
      state: 'unknown',
      message: 'Could not be checked: Ouch',
    })
    expect(checks.find(({ id }) => id === 'failed:rude')?.message).toContain('answers wrongly')
  })
})
