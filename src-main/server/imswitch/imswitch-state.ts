/** What the façade keeps between calls: ImSwitch remembers more per client and session than the engine does. */
import type { Access } from '../../access/access.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { FocusMonitor } from './focus-monitor.ts'
import { JogMotion } from './jog-motion.ts'
import { PixelSizes } from './pixel-sizes.ts'
import { PlainStreams } from './plain-streams.ts'
import { SnapJobs } from './snap-jobs.ts'
import { StreamSettings } from './stream-settings.ts'

/** What the façade keeps beside the engine. */
export type ImSwitchState = {
  readonly settings: StreamSettings
  readonly plain: PlainStreams
  readonly pixelSizes: PixelSizes
  readonly snaps: SnapJobs
  readonly jog: JogMotion
  readonly focusMonitor: FocusMonitor
  close(): void
}

/** The state of a façade that begins. */
export function createImSwitchState(engine: Engine, access: Access): ImSwitchState {
  const settings = new StreamSettings()
  const plain = new PlainStreams(engine.liveView)
  const pixelSizes = new PixelSizes(engine.liveView)
  const snaps = new SnapJobs(engine)
  const jog = new JogMotion(engine, access)
  const focusMonitor = new FocusMonitor(engine)
  const close = () => {
    plain.close()
    pixelSizes.close()
    snaps.close()
    jog.close()
    focusMonitor.stop()
  }
  return { settings, plain, pixelSizes, snaps, jog, focusMonitor, close }
}
