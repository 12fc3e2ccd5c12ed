import { Select, Switch } from '@mantine/core'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { NumberField } from '../../components/number-field.tsx'
import { Field } from './field.tsx'

export type StorageFieldsProps = {
  readonly storage: StorageOptions
  onChange(storage: StorageOptions): void
}

/** What a file format lets one choose. */
export function StorageFields({ storage, onChange }: StorageFieldsProps) {
  switch (storage.format) {
    case 'raw':
      return null
    case 'ome-tiff':
      return (
        <Field title="Files" path="storage.files">
          <Select
            aria-label="Files"
            data={[
              { value: 'perPosition', label: 'One per position' },
              { value: 'single', label: 'One for all' },
            ]}
            value={storage.files}
            onChange={(files) =>
              onChange({ ...storage, files: files === 'single' ? 'single' : 'perPosition' })
            }
          />
        </Field>
      )
    case 'ome-zarr':
      return (
        <>
          <Field title="Compression" path="storage.compression">
            <Select
              aria-label="Compression"
              data={[
                { value: 'none', label: 'None (fastest)' },
                { value: 'zstd', label: 'Zstandard (smaller)' },
              ]}
              value={storage.compression}
              onChange={(value) => onChange({ ...storage, compression: value === 'zstd' ? 'zstd' : 'none' })}
            />
          </Field>
          <Switch
            label="Smaller copies for quick viewing"
            checked={storage.pyramid}
            onChange={(event) => onChange({ ...storage, pyramid: event.currentTarget.checked })}
          />
        </>
      )
    case 'video':
      return <VideoFields storage={storage} onChange={onChange} />
  }
}

type VideoStorage = Extract<StorageOptions, { format: 'video' }>
type VideoFieldsProps = { readonly storage: VideoStorage; onChange(storage: StorageOptions): void }

const containers = ['mp4', 'mkv', 'webm'] as const
const usualQuality = 80

function VideoFields({ storage, onChange }: VideoFieldsProps) {
  const lossless = storage.quality === 'lossless'
  return (
    <>
      <Field title="Container" path="storage.container">
        <Select
          aria-label="Container"
          data={containers.map((value) => ({ value, label: value.toUpperCase() }))}
          value={storage.container}
          disabled={lossless}
          onChange={(value) =>
            onChange({ ...storage, container: containers.find((each) => each === value) ?? 'mkv' })
          }
        />
      </Field>
      {typeof storage.quality === 'number' && (
        <Field title="Quality" path="storage.quality">
          <NumberField
            label="Quality"
            value={storage.quality}
            step={1}
            unit="%"
            limits={{ whole: true, min: 0, max: 100 }}
            onCommit={(quality) => onChange({ ...storage, quality })}
          />
        </Field>
      )}
      <Switch
        label="Lossless (FFV1 in MKV)"
        checked={lossless}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked
              ? { ...storage, quality: 'lossless', container: 'mkv' }
              : { ...storage, quality: usualQuality },
          )
        }
      />
      <Switch
        label="Graphics card’s encoder first"
        checked={storage.hardware}
        disabled={lossless}
        onChange={(event) => onChange({ ...storage, hardware: event.currentTarget.checked })}
      />
      <Switch
        label="Time and scale bar in the picture"
        checked={storage.overlays}
        disabled={lossless}
        onChange={(event) => onChange({ ...storage, overlays: event.currentTarget.checked })}
      />
    </>
  )
}
