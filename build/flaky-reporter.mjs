/**
 * Lists tests that passed only when they were tried again (`retry` of vitest.config.ts), each with what failed first:
 * a fault of the test or of the app, to be found and mended.
 * @implements {import('vitest/reporters').Reporter}
 */
export default class FlakyReporter {
  #lines = []

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky !== true) return
    const [error] = test.result().errors ?? []
    const reason = (error?.stack ?? error?.message ?? 'no reason').split('\n')
    const ours = reason.filter((line) => !line.includes('node_modules'))
    this.#lines.push(`  ${test.module.relativeModuleId} > ${test.fullName}\n    ${ours.join('\n    ')}`)
  }

  onTestRunEnd() {
    if (this.#lines.length === 0) return
    console.log(`${this.#lines.length} passed only when tried again:\n${this.#lines.join('\n')}`)
  }
}
