import { Button } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { memo, useDeferredValue, useId, useState } from 'react'
import type { PropertyDescriptor } from '../../../src-shared/devices.ts'
import { LazyRows } from '../../components/lazy-rows.tsx'
import { browseProperties, type PropertyGroup } from '../../components/property-groups.ts'
import { useServices, useView } from '../../services.ts'
import { PropertyBar } from './property-bar.tsx'
import styles from './property-browser.module.css'
import { PropertyRow } from './property-row.tsx'

type PropertyBrowserProps = {
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
  return (
    <section className={styles['browser']} aria-label="Settings">
      <PropertyBar search={search} onSearch={setSearch} shown={shown} all={properties.length} />
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
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => view.setState({ propertyLevel: beyond.level })}
          >
            Show {beyond.level} settings
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
          <LazyRows items={group.properties} rowHeight={rowHeight}>
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
