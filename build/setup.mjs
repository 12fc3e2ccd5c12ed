/** What `npm start` and `npm test` share: from a bare clone to something that runs. */
import { ensureBundle } from './bundle.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { continueUnderModernNode, fail } from './with-node.mjs'

/** Dependencies, and a Node that can use them. Under an old Node the script starts again under the new one. */
export async function setUpTools() {
  await ensureDependencies()
  await continueUnderModernNode()
}

/** Dependencies, Node, and up-to-date bundles in out/. */
export async function setUp() {
  await setUpTools()
  if ((await ensureBundle()) !== 0) fail('The build failed (above).')
}
