/** Every exported thing of the source says what it is for (CONTRIBUTING.md, "Conventions"). */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = ['drivers', 'src-main', 'src-preload', 'src-renderer', 'src-shared']

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.generated.ts'))
    .map(({ parentPath, name }) => join(parentPath, name))
    // AssemblyScript, whose functions are one for each width of samples.
    .filter((path) => !path.includes(join('kernels', 'assembly'))),
)

const exported =
  /^export (?:default )?(?:async )?(?:abstract )?(?:function\*?|class|const|let|type|interface) (\w+)/
/** Types of schemas and lists, whose docstrings are theirs, and what a component takes. */
const saidElsewhere = /= (?:Readonly<)?(?:z\.(?:infer|input|output)<|\(typeof )|^export type \w+Props\b/

/** Exported things of a file that say nothing; the formatter has each begin its line. */
function undocumented(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n')
  // What a file is named after may be described at its head.
  const title = text.startsWith('/**')
    ? basename(path)
        .replace(/\.tsx?$/, '')
        .replaceAll('-', '')
    : undefined
  let before: string | undefined
  return lines.flatMap((line, i) => {
    const name = exported.exec(line)?.[1]
    if (name === undefined) return []
    // Further signatures of a function go with the first.
    const isOverload = name === before
    before = name
    const isSaid = isOverload || saidElsewhere.test(line) || name.toLowerCase() === title
    return isSaid || lines[i - 1]?.endsWith('*/') === true
      ? []
      : [`${path.slice(root.length)}:${i + 1} ${name}`]
  })
}

it('every exported thing has a docstring', () => {
  expect(sources.length).toBeGreaterThan(500)
  expect(sources.flatMap(undocumented)).toEqual([])
})
