import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // As the program itself is started: npm test runs vitest with the flags of build/with-node.mjs.
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['tests/node/**/*.test.ts'],
          // Limits for hanging only: nothing here depends on how fast the machine is.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'peers',
          include: ['tests/peers/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.{ts,tsx}'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'desktop',
          include: ['tests/desktop/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src-shared/**/*.ts', 'src-main/**/*.ts', 'drivers/**/*.ts'],
      // V8 counts nothing in child threads: these files only connect a thread to functions that are tested directly.
      exclude: ['**/*-worker.ts', 'src-main/desktop/index.ts'],
      reportsDirectory: 'coverage',
    },
  },
})
