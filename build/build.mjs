/** npm run build: the bundles of main, preload and renderer into out/. */
import { bundle } from './bundle.mjs'
import { setUpTools } from './setup.mjs'

await setUpTools()
process.exitCode = await bundle()
