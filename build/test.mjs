/**
 * npm test: sets up what is missing, then lint, types, build and all tests; ends with one line of counts.
 * Arguments go to vitest: `npm test -- frame-ring` runs the tests whose file name contains that.
 */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensurePeers } from './peers.mjs'
import { setUpTools } from './setup.mjs'
import { projectRoot, runNode } from './with-node.mjs'

const args = process.argv.slice(2)
const reportFile = join(projectRoot, 'test-results', 'vitest.json')
const counts = { passed: 0, failed: 0, skipped: 0 }

await setUpTools()
await ensurePeers()
const chromium = await ensureChromium()
if (chromium !== undefined) process.env.CHROMIUM_PATH = chromium

// The build first: it writes the generated kernels that lint and types look at.
await check('build', bundle)
await check('lint', () => runNode(['node_modules/oxlint/bin/oxlint', '--type-aware']))
await check('format', () => runNode(['node_modules/@biomejs/biome/bin/biome', 'format']))
await check('types', () => runNode(['node_modules/typescript/bin/tsc', '-b']))
await check('Chromium', async () => (chromium === undefined ? 1 : 0))
await runTests()

console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
)
process.exitCode = counts.failed > 0 ? 1 : 0

/** Counts a step as one check. */
async function check(name, step) {
  const started = performance.now()
  const code = await step().catch((error) => {
    console.error(error)
    return 1
  })
  counts[code === 0 ? 'passed' : 'failed'] += 1
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
}

async function runTests() {
  await mkdir(join(projectRoot, 'test-results'), { recursive: true })
  await rm(reportFile, { force: true })
  const flaky = `--reporter=${join(projectRoot, 'build', 'flaky-reporter.mjs')}`
  const reporters = ['--reporter=default', '--reporter=json', flaky, `--outputFile.json=${reportFile}`]
  const code = await runNode(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args])
  const results = await readResults()
  counts.passed += results.passed
  counts.failed += results.failed
  counts.skipped += results.skipped
  if (results.passed + results.failed === 0) {
    console.error('No test was executed.')
    counts.failed += 1
  } else if (code !== 0 && results.failed === 0) {
    // Unhandled errors and thresholds fail a run in which every test passed.
    counts.failed += 1
  }
}

async function readResults() {
  const text = await readFile(reportFile, 'utf8').catch(() => undefined)
  if (text === undefined) return { passed: 0, failed: 0, skipped: 0 }
  const report = JSON.parse(text)
  // Files that could not be loaded or prepared fail without a failed test.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
