import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { applyPreset } from '../actions/device-actions.ts'
import { type Preset, usualChannelGroup } from '../../src-shared/devices.ts'
import { HandControls } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { useEngine, useServices } from '../services.ts'
import { activePreset } from '../stores/selectors.ts'
import styles from './channels-panel.module.css'

/** Presets of every group, channels first: one click sets all devices they name. */
export function ChannelsPanel() {
  const groups = useEngine(useShallow((state) => [...new Set(state.presets.map((preset) => preset.group))]))
  const sorted = [...groups].sort((a, b) => Number(b === usualChannelGroup) - Number(a === usualChannelGroup))
  return sorted.map((group) => <PresetGroup key={group} group={group} />)
}

function PresetGroup({ group }: { readonly group: string }) {
  const services = useServices()
  const presets = useEngine(useShallow((state) => state.presets.filter((preset) => preset.group === group)))
  const active = useEngine((state) => activePreset(state, group))
  const [asked, setAsked] = useState<string>()

  async function choose(preset: Preset) {
    setAsked(preset.name)
    await applyPreset(services, preset)
    setAsked(undefined)
  }
  return (
    <PanelSection id={`presets-${group}`} title={group === 'Channel' ? 'Channels' : group}>
      <HandControls>
        <div className={styles['grid']} role="group" aria-label={group}>
          {presets.map((preset) => (
            <button
              key={preset.name}
              type="button"
              className={styles['preset']}
              aria-pressed={(asked ?? active) === preset.name}
              onClick={() => void choose(preset)}
            >
              <span className={styles['dot']} style={{ background: preset.color ?? 'var(--cs-dim)' }} />
              <span className={styles['name']}>{preset.name}</span>
            </button>
          ))}
        </div>
      </HandControls>
    </PanelSection>
  )
}
