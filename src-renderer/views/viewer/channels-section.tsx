import { Checkbox } from '@mantine/core'
import { fitAllContrasts, patchLook, selectChannel, setComposed } from '../../actions/viewer-actions.ts'
import { Choice } from '../../components/choice.tsx'
import { PanelSection } from '../../components/panel-section.tsx'
import { lutGradient } from '../../display/lut.ts'
import { useViewer, useViewerState } from '../../services.ts'
import { activeChannel } from '../../stores/viewer-store.ts'
import styles from './channels-section.module.css'

const modes = [
  { value: 'together', label: 'Together' },
  { value: 'one', label: 'One' },
] as const

/** The channels of the image: which are seen, in which colours, and which one the contrast below is of. */
export function ChannelsSection() {
  const viewer = useViewer()
  const looks = useViewerState((state) => state.looks)
  const composed = useViewerState((state) => state.composed)
  const active = useViewerState(activeChannel)
  if (looks.length < 2) return null
  return (
    <PanelSection
      id="viewer-channels"
      title="Channels"
      aside={
        <button type="button" className={styles['fit']} onClick={() => fitAllContrasts(viewer)}>
          Fit contrast
        </button>
      }
    >
      <Choice
        label="Channels shown"
        value={composed ? 'together' : 'one'}
        options={modes}
        onChange={(mode) => setComposed(viewer, mode === 'together')}
      />
      <ul className={styles['channels']}>
        {looks.map((look, channel) => (
          <li key={channel} className={styles['channel']} data-active={channel === active || undefined}>
            {composed && (
              <Checkbox
                size="xs"
                aria-label={`Show ${look.name}`}
                checked={look.visible}
                onChange={(event) => patchLook(viewer, channel, { visible: event.currentTarget.checked })}
              />
            )}
            <label className={styles['colour']} style={{ background: lutGradient(look.table) }}>
              <input
                type="color"
                aria-label={`Colour of ${look.name}`}
                value={hexOf(look.table)}
                onChange={(event) =>
                  patchLook(viewer, channel, { table: colourOf(event.currentTarget.value) })
                }
              />
            </label>
            <button
              type="button"
              className={styles['name']}
              aria-pressed={channel === active}
              onClick={() => selectChannel(viewer, channel)}
            >
              {look.name}
            </button>
          </li>
        ))}
      </ul>
    </PanelSection>
  )
}

function colourOf(text: string): `#${string}` {
  return `#${text.replace(/^#/, '')}`
}

/** What the colour field shows for a table that is no single colour. */
function hexOf(table: string): string {
  return table.startsWith('#') ? table : '#ffffff'
}
