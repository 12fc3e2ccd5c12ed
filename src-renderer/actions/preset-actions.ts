/** Presets: keeping what is set now as a channel, renaming, forgetting. */
import type { KnownPreset, NewPreset, Preset } from '../../src-shared/devices.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { failureOf, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { channelOf } from '../stores/plan-defaults.ts'
import { type PlanDraft, withSequence } from '../stores/plan-draft.ts'

type Which = Pick<Preset, 'group' | 'name'>

const isOf = (preset: Which) => (channel: { readonly group: string; readonly config: string }) =>
  channel.group === preset.group && channel.config === preset.name

/** Keeps a preset and has the plan take it as a channel. @returns why it is not kept */
export async function keepChannel(
  services: Services,
  preset: NewPreset,
  { replace }: { readonly replace: boolean },
): Promise<CallFailure | undefined> {
  const kept = await outcome(services.backend.client.presets.save({ ...preset, replace }))
  if (!kept.ok) return kept.failure
  tell(services, kept.value, kept.value)
  services.plan.setState((draft) => withChannel(draft, kept.value))
  return undefined
}

/**
 * Puts `now` in the place of `before`. The event says the same, and may have come already; the plan, which names it,
 * needs it at once.
 */
function tell({ engine }: Services, before: Which, now: KnownPreset): void {
  const { presets } = engine.getState()
  const indexOf = (which: Which) =>
    presets.findIndex(({ group, name }) => group === which.group && name === which.name)
  const index = Math.max(indexOf(before), indexOf(now))
  engine.apply({
    type: 'presetsChanged',
    presets: index < 0 ? [...presets, now] : presets.with(index, now),
  })
}

function withChannel(draft: PlanDraft, preset: KnownPreset): PlanDraft {
  const { channels } = draft.sequence
  return channels.some(isOf(preset))
    ? draft
    : withSequence(draft, { channels: [...channels, channelOf(preset)] })
}

/** Gives a kept preset another name, also in the plan being edited. @returns why it keeps its name */
export async function renamePreset(
  services: Services,
  preset: Which,
  newName: string,
): Promise<CallFailure | undefined> {
  const { group, name } = preset
  const renamed = await outcome(services.backend.client.presets.rename({ group, name, newName }))
  if (!renamed.ok) return renamed.failure
  tell(services, preset, renamed.value)
  services.plan.setState((draft) => {
    const rename = (channels: PlanDraft['sequence']['channels']) =>
      channels.map((channel) => (isOf(preset)(channel) ? { ...channel, config: newName } : channel))
    return {
      ...draft,
      sequence: { ...draft.sequence, channels: rename(draft.sequence.channels) },
      shelf: { ...draft.shelf, channels: rename(draft.shelf.channels) },
    }
  })
  return undefined
}

/** Forgets a kept preset. @returns why it is still there */
export function removePreset(
  { backend }: Services,
  { group, name }: Which,
): Promise<CallFailure | undefined> {
  return failureOf(backend.client.presets.remove({ group, name }))
}
