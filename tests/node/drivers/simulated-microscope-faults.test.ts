/** The ways in which the simulated microscope fails when it is asked to. */
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import { Bench } from '../../fixtures/microscope-bench.ts'

const benches: Bench[] = []
afterEach(async () => {
  for (const { connection } of benches.splice(0)) await connection.close()
})

async function openBench(options: Record<string, unknown> = {}): Promise<Bench> {
  const bench = await Bench.open(options)
  benches.push(bench)
  return bench
}

describe('faults on request', () => {
  test('throw-on-start', async () => {
    const { camera } = await openBench({ fault: 'throw-on-start' })
    const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })
    await expect(camera.start(sink)).rejects.toMatchObject({ code: 'DEVICE_FAILED' })
  })

  test('hang-on-start leaves the thread alive', async () => {
    const { camera } = await openBench({ fault: 'hang-on-start' })
    let started = false
    void camera.start(new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })).then(() => {
      started = true
    })
    await camera.setProperty('exposureMs', 20)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(started).toBe(false)
    await camera.stop()
  })

  test('flood-properties', async () => {
    const { camera } = await openBench({ fault: 'flood-properties' })
    let calls = 0
    const flooded = new Promise<void>((resolve) => {
      camera.onPropertiesChanged(() => {
        calls += 1
        if (calls === 5000) resolve()
      })
    })
    await flooded
  })

  /** Runs a camera in a thread of its own; reports each frame, and what becomes of the thread. */
  function runInThread(fault: string) {
    const index = new URL('../../../drivers/simulated-microscope/index.ts', import.meta.url).href
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads'
       const { default: driver } = await import(${JSON.stringify(index)})
       const options = { width: 64, height: 64, frameRate: 500, fault: ${JSON.stringify(fault)} }
       const { devices: [camera] } = await driver.open('demo', options)
       const slot = new Uint8Array(new SharedArrayBuffer(camera.description.maxFrameBytes))
       setInterval(() => parentPort.postMessage('alive'), 10)
       await camera.start({ slot: () => slot, commit: (info) => parentPort.postMessage(info.sequence), fault() {} })`,
      { eval: true, execArgv: ['--input-type=module'] },
    )
    const messages: unknown[] = []
    worker.on('message', (message) => messages.push(message))
    return {
      worker,
      messages,
      frames: () => messages.filter((message) => typeof message === 'number').length,
    }
  }

  test('throw-while-running ends the thread with the error, after 10 frames', async () => {
    const { worker, messages, frames } = runInThread('throw-while-running')
    // At its end everything that it said has come.
    const ended = new Promise((resolve) => worker.on('exit', resolve))
    const error = await new Promise<unknown>((resolve) => worker.on('error', resolve))
    await ended
    expect(error).toMatchObject({ message: expect.stringContaining('Camera 1 failed while running') })
    expect(messages).toContain(0)
    expect(frames()).toBeLessThanOrEqual(10)
  })

  test('hang-while-running silences the thread', async () => {
    const { worker, messages, frames } = runInThread('hang-while-running')
    const hasHung = async () => {
      const before = messages.length
      await new Promise((resolve) => setTimeout(resolve, 500))
      return frames() > 0 && messages.length === before
    }
    while (!(await hasHung())) expect(frames()).toBeLessThanOrEqual(10)
    await worker.terminate()
  })
})
