/** Reads YAML in a thread of its own, as some texts take very long: `workerData` is the text. */
import { parentPort, workerData } from 'node:worker_threads'
import { LineCounter, parseDocument } from 'yaml'
import type { YamlMessage } from './parse-yaml.ts'
import { repeatedKey } from './repeated-key.ts'
import { yamlComplaint } from './yaml-complaint.ts'

/** Times that aliases may repeat what they stand for: more is meant to fill the memory. */
const mostAliases = 1000

function read(text: string): YamlMessage {
  try {
    const lineCounter = new LineCounter()
    // Its own look for names that are there twice compares each with all others: of 40 000 that takes 10 s.
    const document = parseDocument(text, { uniqueKeys: false, merge: true, logLevel: 'error', lineCounter })
    const [error = repeatedKey(document, lineCounter)] = document.errors
    if (error !== undefined) throw error
    const value: unknown = document.toJS({ maxAliasCount: mostAliases })
    // An anchor can contain itself, which has no end.
    JSON.stringify(value)
    return { value }
  } catch (error) {
    return { error: yamlComplaint(text, error) }
  }
}

if (parentPort === null) throw new Error('yaml-worker runs as a worker thread')
parentPort.postMessage(read(String(workerData)))
