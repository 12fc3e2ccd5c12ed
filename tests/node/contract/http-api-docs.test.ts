import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { contract } from '../../../src-shared/contract/contract.ts'

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url))

async function generated(): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, path('build/http-api-docs.mjs'), '--print'],
    { maxBuffer: 10_000_000 },
  )
  return stdout
}

describe('docs/http-api.md', () => {
  it('says what the contract says (if not: npm run docs)', async () => {
    expect(await readFile(path('docs/http-api.md'), 'utf8')).toBe(await generated())
  })

  it('names every call with its path', async () => {
    const text = await generated()
    const routes = Object.values(contract).flatMap((group) =>
      Object.values(group).map((procedure) => procedure['~orpc'].route),
    )
    expect(routes.length).toBeGreaterThan(30)
    for (const { method, path: route } of routes) expect(text).toContain(`### ${method} \`/api${route}\``)
  })
})
