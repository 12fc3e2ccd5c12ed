import { CloseButton, SegmentedControl, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { memo } from 'react'
import { type PropertyLevel, propertyLevelSchema } from '../../../src-shared/devices.ts'
import { useServices, useView } from '../../services.ts'
import styles from './property-browser.module.css'

const levels: readonly { readonly value: PropertyLevel; readonly label: string }[] = [
  { value: 'beginner', label: 'Beginner' },
  { value: 'expert', label: 'Expert' },
  { value: 'guru', label: 'Guru' },
]

type PropertyBarProps = {
  readonly search: string
  readonly onSearch: (text: string) => void
  /** Number of settings that are listed, of `all`. */
  readonly shown: number
  readonly all: number
}

/** What the property browser lists: what is searched, and up to which level. */
export const PropertyBar = memo(function PropertyBar({ search, onSearch, shown, all }: PropertyBarProps) {
  const { view } = useServices()
  const level = useView((state) => state.propertyLevel)
  return (
    <div className={styles['bar']}>
      <TextInput
        className={styles['search'] ?? ''}
        aria-label="Search settings"
        placeholder="Search by name or meaning"
        leftSection={<IconSearch size={14} stroke={1.7} />}
        rightSection={
          search === '' ? undefined : (
            <CloseButton size="xs" aria-label="Clear the search" onClick={() => onSearch('')} />
          )
        }
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onSearch('')
        }}
      />
      <SegmentedControl
        className={styles['level'] ?? ''}
        aria-label="Level"
        fullWidth={false}
        data={levels.map((option) => ({ ...option }))}
        value={level}
        onChange={(value) =>
          view.setState({ propertyLevel: propertyLevelSchema.catch('beginner').parse(value) })
        }
      />
      <output className={styles['count']} aria-label="Settings shown">
        {shown} of {all}
      </output>
    </div>
  )
})
