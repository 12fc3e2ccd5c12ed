import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ChannelPlan } from '../../../src-shared/plan/sequence.ts'
import { useEngine, usePlan, useServices } from '../../services.ts'
import { channelOf, channelPresets } from '../../stores/plan-defaults.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { useDevices } from '../use-devices.ts'
import { ChannelPresets } from './channel-presets.tsx'
import { ChannelRow } from './channel-row.tsx'
import { PlanSection } from './plan-section.tsx'
import styles from './plan-rows.module.css'
import { changed, moved, rowKeys, withAdded, without } from './row-keys.ts'

/** Which channels are taken, and how each of them. */
export function ChannelsSection() {
  const hasPresets = useEngine((state) => state.presets.length > 0)
  return (
    <PlanSection
      section="channels"
      title="Channels"
      path="channels"
      missing={
        hasPresets
          ? undefined
          : 'There are no channels yet: set light and filter, and keep that under Presets.'
      }
      aside={<ChannelPresets />}
    >
      <ChannelTable />
    </PlanSection>
  )
}

function ChannelTable() {
  const { plan } = useServices()
  const channels = usePlan((draft) => draft.sequence.channels)
  const keys = rowKeys(channels)
  const presets = useEngine((state) => state.presets)
  const cameras = useDevices('camera')
  const hasStack = usePlan((draft) => draft.sequence.z !== undefined)
  const hasTime = usePlan((draft) => draft.sequence.time !== undefined)
  const change = (next: readonly ChannelPlan[]) =>
    plan.setState((draft) => withSequence(draft, { channels: next }))
  const offered = channelPresets(presets)
  const unused = offered.find(
    ({ group, name }) => !channels.some((channel) => channel.group === group && channel.config === name),
  )
  // What has no effect is not shown, unless it was set.
  const extras = {
    stack: hasStack || channels.some(({ doStack, zOffsetUm }) => !doStack || zOffsetUm !== 0),
    time: hasTime || channels.some(({ acquireEvery }) => acquireEvery !== 1),
    camera: cameras.length > 1 || channels.some(({ camera }) => camera !== undefined),
  }
  return (
    <>
      <div className={styles['rows']} role="list" aria-label="Channels of the plan">
        <div className={styles['head']} data-kind="channel" aria-hidden="true">
          <span />
          <span>Preset</span>
          <span>Exposure</span>
          <span />
        </div>
        {channels.map((channel, index) => (
          <ChannelRow
            key={keys[index]}
            channel={channel}
            index={index}
            count={channels.length}
            extras={extras}
            onChange={(patch) => change(changed(channels, index, { ...channel, ...patch }))}
            onMove={(by) => change(moved(channels, index, by))}
            onRemove={() => change(without(channels, index))}
          />
        ))}
      </div>
      <div className={styles['buttons']}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          disabled={unused === undefined}
          onClick={() => {
            if (unused !== undefined) change(withAdded(channels, channelOf(unused)))
          }}
        >
          Add channel
        </Button>
      </div>
    </>
  )
}
