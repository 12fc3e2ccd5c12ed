/** Entry of the headless host: an engine in plain Node, served over HTTP. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import envPaths from 'env-paths'
import packageJson from '../../package.json' with { type: 'json' }
import { CoverslipError } from '../../src-shared/errors.ts'
import { chosenHardware } from '../engine/chosen-hardware.ts'
import { createEngine, type Engine } from '../engine/create-engine.ts'
import { readCommandLine } from './command-line.ts'
import { openAppWindow } from './open-app-window.ts'
import { closeOnSignals, runProgram } from './run-program.ts'
import { type Serving, startServing } from './start-serving.ts'

declare const __BUNDLED__: boolean | undefined

/** The built app lies beside the bundle; from source it is in `out` all the same. */
function appFolder(): string | undefined {
  const bundled = typeof __BUNDLED__ !== 'undefined' && __BUNDLED__
  const folder = fileURLToPath(new URL(bundled ? '../renderer/' : '../../out/renderer/', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}

async function run(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2), packageJson.version)
  refuseMissingPage(options.imswitchUi)
  const dataFolder = resolve(options.dataFolder ?? envPaths('coverslip', { suffix: '' }).data)
  const engine = await createEngine({ ...chosenHardware(options), dataFolder })
  const folder = appFolder()
  let serving: Serving
  try {
    if (options.replay !== undefined) refuseBrokenReplay(engine)
    serving = await startServing(options, {
      engine,
      version: packageJson.version,
      dataFolder,
      ...(folder === undefined ? {} : { appFolder: folder }),
      ...(options.imswitchUi === undefined ? {} : { imswitchUi: resolve(options.imswitchUi) }),
    })
  } catch (error) {
    await engine.close()
    throw error
  }
  // A fault in one part must not end the acquisition of another.
  process.on('uncaughtException', (error) => console.error(error))
  // Before anything is said: who reads the address may end the program at once.
  closeOnSignals(async () => {
    await serving.close()
    await engine.close()
  })
  for (const line of serving.lines) console.log(line)
  console.log(`Images and settings are kept in ${dataFolder}`)
  console.log(`For scripts: ${new URL('/api/docs', serving.url).href}`)
  if (folder === undefined) console.log('The app is not built (npm run build); only the API is served.')
  if (options.open && folder !== undefined) openAppWindow(serving.url, dataFolder)
}

/** A wrong folder would be noticed only by whoever opens the page. */
function refuseMissingPage(folder: string | undefined): void {
  if (folder === undefined || existsSync(join(folder, 'index.html'))) return
  throw new CoverslipError('INVALID_INPUT', `--imswitch-ui: there is no index.html in ${resolve(folder)}`, {
    hint: 'Name the folder of ImSwitch’s built page (frontend/build).',
  })
}

/** A folder that cannot be played is a mistake in the command, not a device that may come back. */
function refuseBrokenReplay(engine: Engine): void {
  const alert = engine.alerts.list().find(({ id }) => id === 'connection:replay')
  if (alert !== undefined) {
    throw new CoverslipError(
      'REPLAY_SOURCE',
      alert.message,
      alert.hint === undefined ? {} : { hint: alert.hint },
    )
  }
}

await runProgram(run)
