/** ImSwitch's interface with the libraries that its Python clients use: python-socketio, msgpack, aiohttp. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { python, pythonHas } from '../fixtures/peer-programs.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

const program = fileURLToPath(new URL('./imswitch/client.py', import.meta.url))
const run = promisify(execFile)
const isThere = ['socketio', 'msgpack', 'aiohttp'].every(pythonHas)

describe.skipIf(!isThere)('a Python client', () => {
  let host: TestServer
  beforeEach(async () => {
    host = await startTestServer({ config: { connections: [testConnection({ width: 40, height: 30 })] } })
  })
  afterEach(() => host.close())

  async function watch(protocol: string): Promise<Record<string, unknown>> {
    const { stdout } = await run(python, [program, host.url, protocol])
    return JSON.parse(stdout) as Record<string, unknown>
  }

  const common = {
    capabilities: [{ messagepack: true, binary_streaming: true, protocol_version: '1.0' }],
    started: { status: 'success', detector: 'test-camera' },
    moved: null,
    stopped: { status: 'success', detector: 'test-camera' },
    signals: expect.arrayContaining(['sigStreamStarted', 'sigUpdateMotorPosition']) as string[],
  }

  test('reads JPEG frames, and no more than the window without acknowledgements', async () => {
    const seen = await watch('jpeg')
    expect(seen).toMatchObject({
      ...common,
      frame: { keys: ['image', 'metadata'], jpeg: 'ffd8ff', metadata: { format: 'jpeg', pixel_size: 0.5 } },
    })
    // Four, and four more for each second after which an acknowledgement is overdue.
    expect(seen['unacknowledged']).toBeGreaterThanOrEqual(4)
    expect(seen['unacknowledged']).toBeLessThanOrEqual(4 * (1 + Math.floor(Number(seen['within']))))
    const ids = seen['ids'] as number[]
    expect(ids.slice(1)).toEqual(ids.slice(0, -1).map((id) => (id + 1) % 256))
  })

  test('reads binary frames with their headers', async () => {
    const seen = await watch('binary')
    expect(seen).toMatchObject({
      ...common,
      frame: {
        keys: ['data', 'metadata'],
        metadata: { format: 'binary', width: 40, height: 30, compression_algorithm: 'none' },
        packet: {
          magic: 'UC2F',
          version: 1,
          width: 40,
          height: 30,
          stride: 80,
          channels: 1,
          format: 0,
          sizes_agree: true,
          times_agree: true,
          values: 1,
        },
      },
    })
  })
})
