import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

/** Bundles the page in `folder` (its index.html) as the app's renderer is bundled; returns the folder to serve. */
export async function buildPage(folder: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'coverslip-page-'))
  await build({
    configFile: false,
    root: folder,
    logLevel: 'warn',
    worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'workers/[name]-[hash].js' } } },
    build: { outDir, emptyOutDir: true, target: 'esnext' },
  })
  return outDir
}
