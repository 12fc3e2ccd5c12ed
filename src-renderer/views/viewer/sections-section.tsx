import { setCrosshair } from '../../actions/viewer-actions.ts'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { PanelSection } from '../../components/panel-section.tsx'
import { useViewer, useViewerState } from '../../services.ts'
import { crosshairOf, showsSections } from '../../stores/viewer-store.ts'

/** Where the cuts through the stack meet, to be typed. */
export function SectionsSection() {
  const shown = useViewerState(showsSections)
  if (!shown) return null
  return (
    <PanelSection id="viewer-sections" title="Sections">
      <PlaceRow axis="x" title="YZ section at x" />
      <PlaceRow axis="y" title="XZ section at y" />
    </PanelSection>
  )
}

function PlaceRow({ axis, title }: { readonly axis: 'x' | 'y'; readonly title: string }) {
  const viewer = useViewer()
  const value = useViewerState((state) => crosshairOf(state)[axis])
  return (
    <LabelledRow title={title}>
      <NumberField
        label={title}
        value={value}
        unit="px"
        step={1}
        onCommit={(to) => setCrosshair(viewer, { [axis]: to })}
      />
    </LabelledRow>
  )
}
