import { scientific } from '../../components/format.ts'
import { PanelSection } from '../../components/panel-section.tsx'
import { useShown, useViewerState } from '../../services.ts'
import { lengthText, lineRows } from './line-words.ts'
import styles from './line-section.module.css'
import { MetadataTable } from './metadata-table.tsx'
import { profilePath, profileRange } from './profile-shape.ts'

/** The line that was drawn: how long it is, and the pixel values along it. */
export function LineSection() {
  const line = useViewerState((state) => state.line)
  const profile = useViewerState((state) => state.profile)
  const looks = useViewerState((state) => state.looks)
  const pixelSizeUm = useShown((state) => state.frame?.pixelSizeUm)
  if (line === undefined) return null
  const range = profile === undefined ? undefined : profileRange(profile)
  return (
    <PanelSection id="viewer-line" title="Line">
      <MetadataTable rows={lineRows(line, pixelSizeUm)} />
      {profile !== undefined && range !== undefined && (
        <figure className={styles['profile']}>
          <svg
            viewBox="0 0 1 1"
            preserveAspectRatio="none"
            role="img"
            aria-label={`Pixel values along the line, ${scientific(range.low, 5)} to ${scientific(range.high, 5)}`}
          >
            {profile.map(({ channel, values }) => (
              <path
                key={channel}
                d={profilePath(values, range)}
                style={{ stroke: strokeOf(looks[channel]?.table) }}
              />
            ))}
          </svg>
          <span className={styles['high']}>{scientific(range.high, 5)}</span>
          <span className={styles['low']}>{scientific(range.low, 5)}</span>
          <figcaption>
            <span>0</span>
            <span>values along the line</span>
            <span>{lengthText(line, pixelSizeUm)}</span>
          </figcaption>
        </figure>
      )}
    </PanelSection>
  )
}

/** The channel's own colour, on which the plot's dark ground is chosen; of tables with many, white. */
function strokeOf(table: string | undefined): string {
  return table?.startsWith('#') === true ? table : '#e8eef1'
}
