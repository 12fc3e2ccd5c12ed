/** The lower part of the display panel. */
import { Button, Select, Switch } from '@mantine/core'
import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import { balanceWhite, resetWhite } from '../actions/white-balance-actions.ts'
import { Choice } from '../components/choice.tsx'
import { fixed } from '../components/format.ts'
import { LabelledRow } from '../components/labelled-row.tsx'
import { type Lut, lutGradient, luts } from '../display/lut.ts'
import { useServices, useShown, useView } from '../services.ts'
import { visiblePanes } from '../stores/layout.ts'
import { type DetectorDisplay, displayOf, patchDisplay, patchPane } from '../stores/view-store.ts'
import styles from './display-panel.module.css'

type Mosaic = DetectorDisplay['mosaic']

const lutTitles: Record<Lut, string> = {
  gray: 'Grey',
  inverted: 'Inverted',
  green: 'Green',
  red: 'Red',
  blue: 'Blue',
  magenta: 'Magenta',
  cyan: 'Cyan',
  yellow: 'Yellow',
  fire: 'Fire',
  viridis: 'Viridis',
}

/** Which colours pixel values get, and which of them are marked. */
export function Colours({ detector }: { readonly detector: string }) {
  const { view, pane } = useServices()
  const { lut, markSaturated, mosaic } = useView((state) => displayOf(state, pane, detector))
  const saturated = useShown((state) => state.histogram?.saturatedFraction)
  const format = useShown((state) => state.frame?.pixelFormat)
  const pixelValues = useShown((state) => state.frame?.protocol === 'binary')
  const kind = format === undefined ? undefined : pixelLayout(format).kind
  const ownColours = kind === 'rgb' || (kind === 'bayer' && (mosaic === 'colour' || !pixelValues))
  return (
    <>
      {kind === 'bayer' && pixelValues && <MosaicChoice detector={detector} mosaic={mosaic} />}
      {ownColours && pixelValues && <WhiteBalance detector={detector} />}
      {!ownColours && (
        <LabelledRow title="Colours" layout="wide">
          <Select
            aria-label="Colours"
            data={luts.map((value) => ({ value, label: lutTitles[value] }))}
            value={lut}
            leftSection={<span className={styles['swatch']} style={{ background: lutGradient(lut) }} />}
            leftSectionWidth={56}
            renderOption={({ option }) => (
              <span className={styles['lutOption']}>
                <span className={styles['swatch']} style={{ background: lutGradient(lutOf(option.value)) }} />
                {option.label}
              </span>
            )}
            onChange={(chosen) => patchDisplay(view, { pane, detector }, { lut: lutOf(chosen) })}
          />
        </LabelledRow>
      )}
      <LabelledRow title="Mark saturated" help="Paints pixels at the camera’s largest value red (S).">
        <span className={styles['saturation']}>
          <span data-over={saturated !== undefined && saturated > 0.001}>
            {saturated === undefined ? '' : `${fixed(saturated * 100, 2)} %`}
          </span>
          <Switch
            aria-label="Mark saturated pixels"
            checked={markSaturated}
            onChange={(event) =>
              patchDisplay(view, { pane, detector }, { markSaturated: event.currentTarget.checked })
            }
          />
        </span>
      </LabelledRow>
    </>
  )
}

/** A Bayer image in colour, or as it is. */
function MosaicChoice({ detector, mosaic }: { readonly detector: string; readonly mosaic: Mosaic }) {
  const { view, pane } = useServices()
  return (
    <LabelledRow
      title="Mosaic"
      layout="wide"
      help="The camera’s Bayer mosaic: in colour, or each pixel as the grey of its own value. Images are kept as they are in both cases."
    >
      <Choice
        label="Bayer mosaic"
        value={mosaic}
        options={[
          { value: 'colour', label: 'Colour' },
          { value: 'raw', label: 'Raw' },
        ]}
        onChange={(chosen) =>
          patchDisplay(view, { pane, detector }, { mosaic: chosen === 'raw' ? 'raw' : 'colour' })
        }
      />
    </LabelledRow>
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

function lutOf(name: string | null): Lut {
  return luts.find((lut) => lut === name) ?? 'gray'
}
