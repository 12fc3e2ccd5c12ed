/** The simulated camera as a program of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { bootstrap } from '../../../drivers/gige-vision/protocol/bootstrap-registers.ts'
import { readSimulatorArguments } from '../../../drivers/gige-vision/simulator/command-line.ts'
import { parseSimulatorOptions } from '../../../drivers/gige-vision/simulator/simulator-options.ts'
import { readTypedCommand } from '../../../drivers/gige-vision/simulator/typed-command.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { GvcpProbe } from '../../fixtures/gvcp-probe.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

describe('as a command', () => {
  test.each([
    ['loss 1.5', { kind: 'link', link: { loss: 0.015 } }],
    ['  mtu   1500 ', { kind: 'link', link: { mtu: 1500 } }],
    ['unplug', { kind: 'unplug' }],
    ['refuse 32774 3', { kind: 'fault', fault: { kind: 'refuse', status: 0x8006, count: 3 } }],
    ['reboot', { kind: 'fault', fault: { kind: 'reboot', downMs: undefined } }],
    ['announce-size 65535', undefined],
    ['loss', undefined],
    ['loss much', undefined],
    ['dance', undefined],
  ])('reads %j', (line, action) => {
    expect(readTypedCommand(line)).toEqual(action)
  })

  test('reads its arguments', () => {
    const options = readSimulatorArguments(['--port', '0', '--size', '640x480', '--loss', '2', '--no-resend'])
    expect(parseSimulatorOptions(options)).toMatchObject({
      address: '127.0.0.1',
      port: 0,
      width: 640,
      height: 480,
      resend: false,
      broadcast: true,
      link: { loss: 0.02, mtu: 65_535 },
    })
  })

  test('serves, does what is typed, and ends', async () => {
    const program = fileURLToPath(
      new URL('../../../drivers/gige-vision/simulator/command.ts', import.meta.url),
    )
    const options = [...process.execArgv, program, '--port', '0', '--no-broadcast']
    const child = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] })
    opened.push({ close: () => child.kill('SIGKILL') })
    let output = ''
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString()
    })
    const port = await eventually('the port', () => /UDP port (\d+)\./.exec(output)?.[1])
    const probe = await GvcpProbe.open({ address: '127.0.0.1', port: Number(port) })
    opened.push(probe)
    expect(await probe.takeControl()).toBe('success')
    child.stdin.write('lose-control\nloss 200\n')
    await eventually('control ends', async () => (await probe.read(bootstrap.controlPrivilege)) === 0)
    child.stdin.write('quit\n')
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    expect(output).toContain('Bye.')
  })
})
