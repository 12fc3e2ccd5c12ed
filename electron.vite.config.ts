/** Bundles of the desktop app and of the headless server: main, preload (sandboxed, so CommonJS) and renderer. */
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const at = (path: string): string => join(root, path)

/** Where `npm run dev` finds the engine while Vite serves the page. */
const engineOrigin = 'http://127.0.0.1:8001'

export default defineConfig({
  main: {
    define: { __BUNDLED__: 'true' },
    plugins: [servedFiles('page/webrtc-stream')],
    build: {
      target: 'node24',
      outDir: at('out/main'),
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: at('src-main/desktop/index.ts'),
          server: at('src-main/server/headless.ts'),
          ...workerInputs(),
          ...driverInputs(),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      externalizeDeps: false,
      rollupOptions: {
        input: { index: at('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react()],
    // Their own folder, because they are served with their own content security policy (src-main/page).
    worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'workers/[name]-[hash].js' } } },
    server: {
      host: '127.0.0.1',
      proxy: { '/api': engineOrigin, '/socket.io': { target: engineOrigin, ws: true } },
    },
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      rollupOptions: { input: at('src-renderer/index.html') },
    },
  },
})

/** Threads and processes are started by file name (`src-main/worker-url.ts`), so each needs a bundle of its own. */
function workerInputs(): Record<string, string> {
  const files = globSync('src-main/**/*-{worker,process}.ts', { cwd: root })
  return Object.fromEntries(
    files.map((file) => [file.slice('src-main/'.length, -'.ts'.length).replaceAll(/[\\/]/g, '-'), at(file)]),
  )
}

/** Copies a folder of `src-main` whose files are served as they are (`servedFolderUrl`). */
function servedFiles(folder: string): Plugin {
  return {
    name: `served-files-${folder}`,
    generateBundle() {
      for (const file of globSync(`src-main/${folder}/*`, { cwd: root })) {
        this.emitFile({
          type: 'asset',
          fileName: `${folder}/${basename(file)}`,
          source: readFileSync(at(file)),
        })
      }
    },
  }
}

/** Drivers are imported by name in their own thread. */
function driverInputs(): Record<string, string> {
  const files = globSync('drivers/*/index.ts', { cwd: root })
  return Object.fromEntries(files.map((file) => [`driver-${basename(dirname(file))}`, at(file)]))
}
