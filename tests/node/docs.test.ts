/** What the documents name is there: links and their headings, files, npm scripts, addresses of the HTTP API. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readText = (path: string) => readFileSync(join(root, path), 'utf8')
const withoutCode = (text: string) => text.replaceAll(/```[\s\S]*?```/g, '')

/** Folders of what belongs to the source; others are made. */
const folders = readdirSync(root, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && /^(src-.*|bench|build|docs|drivers|examples|tests)$/.test(entry.name),
  )
  .map(({ name }) => name)
const files = [
  ...readdirSync(root),
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      `${folder}/${path}`.replaceAll(sep, '/'),
    ),
  ),
]
const documents = files.filter((path) => path.endsWith('.md'))
const serverSources = files.filter((path) => /^src-main\/server\/.*\.ts$/.test(path)).map(readText)

/** Words in `code` of a document. */
function codeWords(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[\s,;()]+/))
}

/** The headings of a document, as links name them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function isBroken(document: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const full = path === '' ? document : normalize(join(dirname(document), path))
  if (!existsSync(join(root, full))) return true
  return anchor !== undefined && full.endsWith('.md') && !anchorsOf(readText(full)).has(anchor)
}

/** Files that a reader makes. */
const readersOwn = new Set(['check.ts', 'path/to/check.ts'])
const ofSource = /^(src-\w+|drivers|docs|tests|bench|build|examples)\/|\w\.(tsx?|mjs|py|md)$/

/** The ends of paths do, and `*` stands for anything: `run/runner.ts`, `*-worker.ts`. */
function isMissing(name: string): boolean {
  if (!ofSource.test(name) || name.includes('<') || readersOwn.has(name)) return false
  const pattern = name
    .replace(/^\.\//, '')
    .replace(/[/:.]$/, '')
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
  const place = new RegExp(`(^|/)${pattern}($|/)`)
  return !files.some((path) => place.test(path))
}

describe.each(documents)('%s', (document) => {
  const text = readText(document)

  test('links to what is there', () => {
    const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const here = targets.filter((target) => !/^[a-z]+:/.test(target))
    expect(here.filter((target) => isBroken(document, target))).toEqual([])
  })

  // What has changed was called otherwise.
  if (document === 'CHANGELOG.md') return
  test('names files, scripts and addresses that are there', () => {
    expect(codeWords(text).filter(isMissing)).toEqual([])
    const scripts = [...text.matchAll(/\bnpm run ([a-z-]+)/g)].map(([, script = '']) => script)
    const known = new Set(Object.keys(JSON.parse(readText('package.json')).scripts))
    expect(scripts.filter((script) => !known.has(script))).toEqual([])
    const reference = readText('docs/http-api.md')
    const addresses = [...text.matchAll(/\/api\/[a-zA-Z]+(?:\/[a-zA-Z]+)?/g)].map(([address]) => address)
    const isServed = (address: string) => [reference, ...serverSources].some((all) => all.includes(address))
    expect(addresses.filter((address) => !isServed(address))).toEqual([])
  })
})
