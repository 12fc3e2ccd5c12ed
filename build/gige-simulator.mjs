/** npm run gige-simulator: a simulated GigE Vision camera; all arguments go to it (`-- --help`). */
import { join } from 'node:path'
import { setUpTools } from './setup.mjs'
import { projectRoot, runNode } from './with-node.mjs'

await setUpTools()
const { buildWasm } = await import('./wasm.mjs')
await buildWasm()
process.exitCode = await runNode(
  [join(projectRoot, 'drivers/gige-vision/simulator/command.ts'), ...process.argv.slice(2)],
  { cwd: process.cwd() },
)
