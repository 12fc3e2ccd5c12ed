import { defineConfig } from 'vitest/config'

const project = (name: string) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`] },
})

export default defineConfig({
  test: {
    pool: 'forks',
    // As the program itself is started: npm test runs vitest with the flags of build/with-node.mjs.
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    maxWorkers: 2,
    // Limits for hanging only, far above what a loaded machine needs: nothing depends on how fast it is.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
    // Hosts of continuous integration stall: a test may be tried once more there, and build/test.mjs lists it.
    retry: process.env.CI === 'true' ? 1 : 0,
    expect: { poll: { timeout: 60_000 } },
    projects: ['node', 'peers', 'browser', 'desktop'].map(project),
    coverage: {
      provider: 'v8',
      include: ['src-shared/**/*.ts', 'src-main/**/*.ts', 'drivers/**/*.ts'],
      // V8 counts nothing in child threads: these files only connect a thread to functions that are tested directly.
      exclude: ['**/*-worker.ts', 'src-main/desktop/index.ts'],
      reportsDirectory: 'coverage',
    },
  },
})
