import { Switch } from '@mantine/core'
import { Choice } from '../../components/choice.tsx'
import { LabelledRow } from '../../components/labelled-row.tsx'
import type { RecordingChoice } from '../../stores/view-store.ts'
import type { ChoiceProps } from './record-options.tsx'
import styles from './record.module.css'

type Video = RecordingChoice['video']

const containers = [
  { value: 'mp4', label: 'MP4' },
  { value: 'webm', label: 'WebM' },
  { value: 'mkv', label: 'MKV' },
] as const satisfies readonly { value: Video['container']; label: string }[]
const qualities = [
  { value: 'small', label: 'Small file', quality: 50 },
  { value: 'good', label: 'Good', quality: 80 },
  { value: 'best', label: 'Best', quality: 95 },
  { value: 'lossless', label: 'Lossless (FFV1)', quality: 'lossless' },
] as const satisfies readonly { value: string; label: string; quality: Video['quality'] }[]

/** For people rather than for measuring: how the video is made. */
export function VideoOptions({ choice: { video }, change }: ChoiceProps) {
  const patch = (changed: Partial<Video>) => change({ video: { ...video, ...changed } })
  const lossless = video.quality === 'lossless'
  return (
    <>
      <LabelledRow title="Quality" layout="wide" help="Lossless keeps every bit of the camera, in MKV">
        <Choice
          inPopover
          label="Quality"
          value={qualities.find(({ quality }) => quality === video.quality)?.value ?? 'good'}
          options={qualities}
          onChange={(chosen) => {
            const quality = qualities.find(({ value }) => value === chosen)?.quality
            if (quality !== undefined) patch({ quality })
          }}
        />
      </LabelledRow>
      {!lossless && (
        <LabelledRow title="Container" layout="wide">
          <Choice
            inPopover
            label="Container"
            value={video.container}
            options={containers}
            onChange={(chosen) => {
              const container = containers.find(({ value }) => value === chosen)?.value
              if (container !== undefined) patch({ container })
            }}
          />
        </LabelledRow>
      )}
      {!lossless && (
        <LabelledRow title="Time and scale bar" layout="line" help="Drawn into the picture">
          <Switch
            className={styles['switch'] ?? ''}
            aria-label="Time and scale bar"
            checked={video.overlays}
            onChange={(event) => patch({ overlays: event.currentTarget.checked })}
          />
        </LabelledRow>
      )}
      <p className={styles['note']}>
        {lossless
          ? 'All bits of the camera, for programs that read FFV1.'
          : '8 bits, with black and white as the live view shows them. For measuring, choose another format.'}
      </p>
    </>
  )
}
