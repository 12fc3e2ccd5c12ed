import { Worker } from 'node:worker_threads'
import { workerUrl } from '../../worker-url.ts'

/** What the worker answers. */
export type YamlMessage = { readonly value: unknown } | { readonly error: string }

const patienceMs = 10_000
const mostMemoryMb = 512

/** What a YAML text says. @throws Error naming line and column, and what was expected; also when it takes too long, or too much memory */
export async function parseYaml(text: string): Promise<unknown> {
  const worker = new Worker(workerUrl('acquisition/plans/yaml-worker'), {
    workerData: text,
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const message = await new Promise<YamlMessage>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it takes too long to read')), patienceMs)
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    if ('error' in message) throw new Error(message.error)
    return message.value
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
