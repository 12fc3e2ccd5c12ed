import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import {
  fitContrast,
  largestValue,
  patchLook,
  setChannelWindow,
  setChannelWindowMode,
  toggleSaturation,
} from '../../actions/viewer-actions.ts'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { PanelSection } from '../../components/panel-section.tsx'
import { useViewer, useViewerState } from '../../services.ts'
import { windowOf } from '../../stores/channel-look.ts'
import { activeChannel, datasetOf } from '../../stores/viewer-store.ts'
import { ColourTableSelect } from '../colour-table-select.tsx'
import { HistogramOptions } from '../histogram-options.tsx'
import { MosaicRow } from '../mosaic-row.tsx'
import { SaturationRow } from '../saturation-row.tsx'
import { WindowEditor } from '../window-editor.tsx'

/** How the pixel values of the active channel become brightness and colour. */
export function ContrastSection() {
  const viewer = useViewer()
  const channel = useViewerState(activeChannel)
  const look = useViewerState((state) => state.looks[channel])
  const single = useViewerState((state) => state.looks.length < 2)
  const histogram = useViewerState((state) => state.histograms[channel])
  const maxValue = useViewerState(largestValue)
  const marked = useViewerState((state) => state.markSaturated)
  const mosaic = useViewerState((state) => state.mosaic)
  const format = useViewerState((state) => datasetOf(state)?.pixelFormat)
  if (look === undefined || format === undefined) return null
  const { kind } = planeLayout(format)
  const ownColours = kind === 'rgb' || (kind === 'bayer' && mosaic === 'colour')
  return (
    <PanelSection
      id="viewer-display"
      title={single ? 'Display' : `Display of ${look.name}`}
      aside={<HistogramOptions />}
    >
      <WindowEditor
        histogram={histogram}
        window={{ ...windowOf(look, maxValue), mode: look.windowMode, gamma: look.gamma }}
        untouchable={histogram === undefined}
        onWindow={(window) => setChannelWindow(viewer, channel, window)}
        onMode={(mode) => setChannelWindowMode(viewer, channel, mode)}
        onGamma={(gamma) => patchLook(viewer, channel, { gamma })}
        onOnce={() => fitContrast(viewer)}
      />
      {kind === 'bayer' && (
        <MosaicRow mosaic={mosaic} onChange={(chosen) => viewer.store.setState({ mosaic: chosen })} />
      )}
      {!ownColours && (
        <LabelledRow title="Colours" layout="wide">
          <ColourTableSelect value={look.table} onChange={(table) => patchLook(viewer, channel, { table })} />
        </LabelledRow>
      )}
      {kind !== 'real' && (
        <SaturationRow
          fraction={histogram?.saturatedFraction}
          marked={marked}
          onMark={() => toggleSaturation(viewer)}
        />
      )}
    </PanelSection>
  )
}
