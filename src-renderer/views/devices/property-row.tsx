import { Tooltip } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { memo, useId, useState } from 'react'
import type { PropertyDescriptor } from '../../../src-shared/devices.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { limitsText } from '../../components/limits-text.ts'
import { useBlockedProperty } from '../../components/operator-controls.tsx'
import { PropertyEditor, usePropertySetting } from '../../components/property-editor.tsx'
import { Refusable } from '../../components/refusable.tsx'
import styles from './property-row.module.css'

type PropertyRowProps = {
  readonly deviceId: string
  /** The same object as long as nothing about the property changes. */
  readonly property: PropertyDescriptor
  /** The camera runs, so that some settings interrupt it. */
  readonly acquiring: boolean
}

/** One setting: title, value, limits, what it means; all of it at length when the title is clicked. */
export const PropertyRow = memo(function PropertyRow({ deviceId, property, acquiring }: PropertyRowProps) {
  const setting = usePropertySetting(deviceId, property)
  const blocked = useBlockedProperty(deviceId, property)
  const [open, setOpen] = useState(false)
  const failureId = useId()
  const detailsId = useId()
  const { title, description, readOnly } = property
  const interrupts = acquiring && property.lockedWhileAcquiring
  const editor = <PropertyEditor property={property} name={title} setting={setting} failureId={failureId} />
  return (
    <div
      className={styles['row']}
      role="group"
      aria-label={title}
      data-property={property.name}
      data-open={open || undefined}
      data-read-only={readOnly || undefined}
    >
      <button
        type="button"
        className={styles['title']}
        aria-expanded={open}
        aria-controls={detailsId}
        onClick={() => setOpen(!open)}
      >
        <span>{title}</span>
        {interrupts && <LockMark label={blocked ?? interruption(readOnly)} />}
      </button>
      <div className={styles['value']}>
        {readOnly ? editor : <Refusable reason={blocked}>{editor}</Refusable>}
      </div>
      <span className={styles['limits']}>
        {interrupts && readOnly ? 'locked while it runs' : limitsText(property)}
      </span>
      <span className={styles['about']} aria-hidden="true">
        {description}
      </span>
      <FailureLine id={failureId} failure={setting.failure} />
      <div id={detailsId} className={styles['details']} hidden={!open}>
        {open && <Details property={property} />}
      </div>
    </div>
  )
})

/** Some cameras refuse it until they are stopped. */
function interruption(readOnly: boolean): string {
  return readOnly
    ? 'Stop the live view to change this.'
    : 'The camera is stopped for a moment to change this.'
}

/** Marks a setting that cannot be changed while frames are acquired. */
function LockMark({ label }: { readonly label: string }) {
  return (
    <Tooltip label={label}>
      <IconLock className={styles['lock']} size={13} stroke={1.7} role="img" aria-label={label} />
    </Tooltip>
  )
}

const levels: Readonly<Record<PropertyDescriptor['level'], string>> = {
  beginner: 'for everybody',
  expert: 'for experts',
  guru: 'for gurus',
}

function Details({ property }: { readonly property: PropertyDescriptor }) {
  const { name, description, level, lockedWhileAcquiring, category } = property
  const step = property.type === 'number' && property.step !== undefined ? `steps of ${property.step}` : ''
  const facts = [
    limitsText(property),
    step,
    category,
    levels[level],
    lockedWhileAcquiring ? 'changing it stops the camera for a moment' : '',
  ]
  return (
    <>
      {description !== undefined && <p>{description}</p>}
      <p className={styles['facts']}>
        <code>{name}</code> · {facts.filter((fact) => fact !== '').join(' · ')}
      </p>
    </>
  )
}
