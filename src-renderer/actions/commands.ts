/** What can be done by a key or from the command palette: one list for the keys, the palette and the help sheet. */
import type { Services } from '../services.ts'
import { devicesOf } from '../stores/selectors.ts'
import { byHand } from './command-refusals.ts'
import type { Command } from './command.ts'
import { tellRefusal } from './control-actions.ts'
import { applyPreset } from './device-actions.ts'
import { layoutCommands } from './layout-commands.ts'
import { selectDetector } from './live-actions.ts'
import { liveCommands } from './live-commands.ts'
import { stageCommands } from './stage-commands.ts'
import { viewerCommands } from './viewer-commands.ts'
import { windowCommands } from './window-commands.ts'

/** All commands, in the order of the help sheet. */
export const commands: readonly Command[] = [
  ...liveCommands,
  ...layoutCommands,
  ...viewerCommands,
  ...stageCommands,
  ...windowCommands,
]

/** Commands that depend on the hardware: one per channel and per camera. For the palette; they have no keys. */
export function hardwareCommands(services: Services): readonly Command[] {
  const { presets, devices } = services.engine.getState()
  return [
    ...presets.map((preset) => ({
      id: `preset-${preset.group}-${preset.name}`,
      title: `${preset.group}: ${preset.name}`,
      group: 'Live view' as const,
      keys: [],
      scope: 'page' as const,
      refusal: byHand,
      run: () => void applyPreset(services, preset),
    })),
    ...devicesOf(devices, 'camera').map((camera) => ({
      id: `camera-${camera.id}`,
      title: `Camera: ${camera.description.name}`,
      group: 'Live view' as const,
      keys: [],
      scope: 'page' as const,
      run: () => void selectDetector(services, camera.id),
    })),
  ]
}

/** Runs `command`, or says why it may not be run. */
export function runCommand(
  services: Services,
  command: Command,
  event: { readonly shiftKey: boolean },
): void {
  const refusal = command.refusal?.(services)
  if (refusal === undefined) command.run(services, event)
  else tellRefusal(services, command.title, refusal)
}
