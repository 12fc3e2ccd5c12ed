/** Reads YAML in a thread of its own, as some texts take very long: `workerData` is the text. */
import { parentPort, workerData } from 'node:worker_threads'
import { parse } from 'yaml'
import type { YamlMessage } from './parse-yaml.ts'
import { yamlComplaint } from './yaml-complaint.ts'

/** Times that aliases may repeat what they stand for: more is meant to fill the memory. */
const mostAliases = 1000

function read(text: string): YamlMessage {
  try {
    const value: unknown = parse(text, { maxAliasCount: mostAliases, merge: true, logLevel: 'error' })
    // An anchor can contain itself, which has no end.
    JSON.stringify(value)
    return { value }
  } catch (error) {
    return { error: yamlComplaint(text, error) }
  }
}

if (parentPort === null) throw new Error('yaml-worker runs as a worker thread')
parentPort.postMessage(read(String(workerData)))
