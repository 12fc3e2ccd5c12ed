/** Changing devices. */
import type { Preset, PropertyValue } from '../../src-shared/devices.ts'
import type { SettingsPatch } from '../../src-shared/settings.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { failureOf, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { deviceName } from '../stores/selectors.ts'
import { noteOutcome } from '../stores/session-store.ts'

type PropertyChange = {
  readonly deviceId: string
  readonly property: string
  readonly value: PropertyValue
}

/** Sets one property. Returns why it could not be set, for the control that asked. */
export async function setProperty(
  services: Services,
  change: PropertyChange,
): Promise<CallFailure | undefined> {
  const set = await outcome(services.backend.client.devices.setProperty(change))
  if (!set.ok) return set.failure
  services.engine.apply({ type: 'deviceChanged', device: set.value })
  return undefined
}

/** Applies a preset, e.g. a channel. */
export async function applyPreset(
  services: Services,
  { group, name }: Pick<Preset, 'group' | 'name'>,
): Promise<void> {
  const failure = await failureOf(services.backend.client.presets.apply({ group, name }))
  noteOutcome(services.session, `${group} ${name} could not be set`, failure)
}

/** Tries a lost device again now. */
export async function reconnectDevice(services: Services, deviceId: string): Promise<void> {
  const failure = await failureOf(services.backend.client.devices.reconnect({ deviceId }))
  noteOutcome(
    services.session,
    `Reconnecting ${deviceName(services.engine.getState(), deviceId)} failed`,
    failure,
  )
}

/** Takes one frame by software trigger. */
export async function triggerCamera(services: Services, deviceId: string): Promise<void> {
  const failure = await failureOf(services.backend.client.devices.trigger({ deviceId }))
  noteOutcome(
    services.session,
    `${deviceName(services.engine.getState(), deviceId)} was not triggered`,
    failure,
  )
}

/** Takes an alert away for everybody. */
export async function dismissAlert(services: Services, alertId: string): Promise<void> {
  const failure = await failureOf(services.backend.client.alerts.dismiss({ alertId }))
  if (failure === undefined) services.engine.apply({ type: 'alertCleared', alertId })
  noteOutcome(services.session, 'The alert could not be dismissed', failure)
}

/** Changes settings of the engine. Returns why they could not be changed. */
export async function changeSettings(
  services: Services,
  patch: SettingsPatch,
): Promise<CallFailure | undefined> {
  const set = await outcome(services.backend.client.settings.set(patch))
  if (!set.ok) return set.failure
  services.engine.apply({ type: 'settingsChanged', settings: set.value })
  return undefined
}
