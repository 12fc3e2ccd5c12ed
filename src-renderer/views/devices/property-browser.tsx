import { Button, CloseButton, SegmentedControl, TextInput } from '@mantine/core'
import { IconChevronDown, IconSearch } from '@tabler/icons-react'
import { memo, useDeferredValue, useId, useState } from 'react'
import {
  type PropertyDescriptor,
  type PropertyLevel,
  propertyLevelSchema,
} from '../../../src-shared/devices.ts'
import { LazyRows } from '../../components/lazy-rows.tsx'
import { browseProperties, type PropertyGroup } from '../../components/property-groups.ts'
import { useServices, useView } from '../../services.ts'
import styles from './property-browser.module.css'
import { PropertyRow } from './property-row.tsx'

const levels: readonly { readonly value: PropertyLevel; readonly label: string }[] = [
  { value: 'beginner', label: 'Beginner' },
  { value: 'expert', label: 'Expert' },
  { value: 'guru', label: 'Guru' },
]

export type PropertyBrowserProps = {
  readonly deviceId: string
  /** The same list as long as none of them changes. */
  readonly properties: readonly PropertyDescriptor[]
  readonly acquiring: boolean
}

/** All settings of a device: searched, by category, up to a level. */
export const PropertyBrowser = memo(function PropertyBrowser(props: PropertyBrowserProps) {
  const { deviceId, properties, acquiring } = props
  const { view } = useServices()
  const level = useView((state) => state.propertyLevel)
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search)
  const { groups, shown, beyond } = browseProperties(properties, { level, search: wanted })
  const setLevel = (value: string) =>
    view.setState({ propertyLevel: propertyLevelSchema.catch('beginner').parse(value) })
  return (
    <section className={styles['browser']} aria-label="Settings">
      <div className={styles['bar']}>
        <TextInput
          className={styles['search'] ?? ''}
          aria-label="Search settings"
          placeholder="Search by name or meaning"
          leftSection={<IconSearch size={14} stroke={1.7} />}
          rightSection={
            search === '' ? undefined : (
              <CloseButton size="xs" aria-label="Clear the search" onClick={() => setSearch('')} />
            )
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setSearch('')
          }}
        />
        <SegmentedControl
          className={styles['level'] ?? ''}
          aria-label="Level"
          fullWidth={false}
          data={levels.map((option) => ({ ...option }))}
          value={level}
          onChange={setLevel}
        />
        <output className={styles['count']} aria-label="Settings shown">
          {shown} of {properties.length}
        </output>
      </div>
      <div className={styles['groups']}>
        {groups.map((group) => (
          <Category
            key={group.category}
            group={group}
            searched={wanted.trim() !== ''}
            deviceId={deviceId}
            acquiring={acquiring}
          />
        ))}
      </div>
      {shown === 0 && beyond === undefined && (
        <p className={styles['none']}>
          {properties.length === 0
            ? 'This device has no settings.'
            : `No setting is about “${wanted.trim()}”.`}
        </p>
      )}
      {beyond !== undefined && (
        <p className={styles['none']}>
          {beyond.count} more {beyond.count === 1 ? 'setting' : 'settings'} beyond this level.{' '}
          <Button variant="default" size="compact-xs" onClick={() => setLevel(beyond.level)}>
            Show {levels.find(({ value }) => value === beyond.level)?.label.toLowerCase()} settings
          </Button>
        </p>
      )}
    </section>
  )
})

/** Height of a row that was not drawn yet, CSS px. */
const rowHeight = 30

type CategoryProps = {
  readonly group: PropertyGroup
  /** While something is searched, nothing that was found is folded away. */
  readonly searched: boolean
  readonly deviceId: string
  readonly acquiring: boolean
}

function Category({ group, searched, deviceId, acquiring }: CategoryProps) {
  const { view } = useServices()
  const foldId = `settings/${group.category}`
  const folded = useView((state) => state.folded[foldId] ?? false) && !searched
  const bodyId = useId()
  const toggle = () => view.setState((state) => ({ folded: { ...state.folded, [foldId]: !folded } }))
  return (
    <div
      role="group"
      aria-label={group.category}
      data-folded={folded || undefined}
      className={styles['group']}
    >
      <h3>
        <button
          type="button"
          aria-expanded={!folded}
          aria-controls={bodyId}
          disabled={searched}
          onClick={toggle}
        >
          <IconChevronDown size={13} stroke={2} aria-hidden="true" />
          {group.category}
          <span className={styles['groupCount']}>{group.properties.length}</span>
        </button>
      </h3>
      <div id={bodyId} hidden={folded}>
        {!folded && (
          <LazyRows items={group.properties} keyOf={({ name }) => name} rowHeight={rowHeight}>
            {(property) => (
              <PropertyRow
                key={property.name}
                deviceId={deviceId}
                property={property}
                acquiring={acquiring}
              />
            )}
          </LazyRows>
        )}
      </div>
    </div>
  )
}
