/** The lower part of the display panel. */
import { Button, Switch } from '@mantine/core'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import { balanceWhite, resetWhite } from '../actions/white-balance-actions.ts'
import { fixed } from '../components/format.ts'
import { LabelledRow } from '../components/labelled-row.tsx'
import { useServices, useShown, useView } from '../services.ts'
import { visiblePanes } from '../stores/layout.ts'
import { displayOf, patchDisplay, patchPane } from '../stores/view-store.ts'
import { ColourTableSelect } from './colour-table-select.tsx'
import styles from './display-panel.module.css'
import { MosaicRow } from './mosaic-row.tsx'
import { SaturationRow } from './saturation-row.tsx'

/** Which colours pixel values get, and which of them are marked. */
export function Colours({ detector }: { readonly detector: string }) {
  const { view, pane } = useServices()
  const { lut, markSaturated, mosaic } = useView((state) => displayOf(state, pane, detector))
  const saturated = useShown((state) => state.histogram?.saturatedFraction)
  const format = useShown((state) => state.frame?.pixelFormat)
  const pixelValues = useShown((state) => state.frame?.protocol === 'binary')
  const kind = format === undefined ? undefined : planeLayout(format).kind
  const ownColours = kind === 'rgb' || (kind === 'bayer' && (mosaic === 'colour' || !pixelValues))
  return (
    <>
      {kind === 'bayer' && pixelValues && (
        <MosaicRow
          mosaic={mosaic}
          onChange={(chosen) => patchDisplay(view, { pane, detector }, { mosaic: chosen })}
        />
      )}
      {ownColours && pixelValues && <WhiteBalance detector={detector} />}
      {!ownColours && (
        <LabelledRow title="Colours" layout="wide">
          <ColourTableSelect
            value={lut}
            onChange={(chosen) => patchDisplay(view, { pane, detector }, { lut: chosen })}
          />
        </LabelledRow>
      )}
      <SaturationRow
        fraction={saturated}
        marked={markSaturated}
        onMark={(marked) => patchDisplay(view, { pane, detector }, { markSaturated: marked })}
      />
    </>
  )
}

function WhiteBalance({ detector }: { readonly detector: string }) {
  const services = useServices()
  const gains = useView((state) => displayOf(state, services.pane, detector).gains)
  const balanced = gains.some((factor) => factor !== 1)
  return (
    <LabelledRow
      title="White balance"
      help={
        balanced
          ? `Red, green and blue are multiplied by ${gains.map((factor) => fixed(factor, 2)).join(', ')}.`
          : 'Once: makes the brightest parts of this image white.'
      }
    >
      <span className={styles['balance']}>
        <Button
          variant="default"
          size="compact-xs"
          aria-label="Balance white once"
          onClick={() => void balanceWhite(services)}
        >
          Once
        </Button>
        <Button variant="default" size="compact-xs" disabled={!balanced} onClick={() => resetWhite(services)}>
          Reset
        </Button>
      </span>
    </LabelledRow>
  )
}

/** Where a camera is shown more than once: whether this view has settings of its own. */
export function OwnSettings({ detector }: { readonly detector: string }) {
  const { view, pane } = useServices()
  const own = useView((state) => state.panes[pane].display !== undefined)
  const views = useView(
    (state) => visiblePanes(state).filter((shown) => state.panes[shown].detector === detector).length,
  )
  if (views < 2 && !own) return null
  return (
    <LabelledRow
      title="For this view only"
      help="Contrast and colours of this view; the camera’s other views keep theirs."
    >
      <Switch
        aria-label="For this view only"
        checked={own}
        onChange={(event) =>
          patchPane(view, pane, {
            display: event.currentTarget.checked ? displayOf(view.getState(), pane, detector) : undefined,
          })
        }
      />
    </LabelledRow>
  )
}
