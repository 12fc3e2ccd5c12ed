import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowsHorizontal, IconChartHistogram } from '@tabler/icons-react'
import { useServices, useView } from '../services.ts'

/** How histograms are drawn. */
export function HistogramOptions() {
  const { view } = useServices()
  const { scale, range } = useView((state) => state.histogram)
  return (
    <>
      <Tooltip label="Counts on a logarithmic scale">
        <ActionIcon
          aria-label="Logarithmic histogram"
          aria-pressed={scale === 'log'}
          size={22}
          variant={scale === 'log' ? 'light' : 'subtle'}
          onClick={() =>
            view.setState((state) => ({
              histogram: { ...state.histogram, scale: scale === 'log' ? 'linear' : 'log' },
            }))
          }
        >
          <IconChartHistogram size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Zoom the histogram to the image’s values">
        <ActionIcon
          aria-label="Zoom histogram to data"
          aria-pressed={range === 'data'}
          size={22}
          variant={range === 'data' ? 'light' : 'subtle'}
          onClick={() =>
            view.setState((state) => ({
              histogram: { ...state.histogram, range: range === 'data' ? 'full' : 'data' },
            }))
          }
        >
          <IconArrowsHorizontal size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
