import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCurrentLocation, IconMapPin } from '@tabler/icons-react'
import { positionName } from '../../../src-shared/plan/position-name.ts'
import type { PlanPosition } from '../../../src-shared/plan/sequence.ts'
import { goToPosition } from '../../actions/acquire-actions.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useBlockedByHand } from '../../components/operator-controls.tsx'
import { useServices } from '../../services.ts'
import { ownSettings } from './kept-words.ts'
import { useHasProblem } from './plan-check.tsx'
import styles from './plan-rows.module.css'
import { moveRowByKeys, RowTools, type RowToolsProps } from './row-tools.tsx'

export type PositionRowProps = Omit<RowToolsProps, 'name'> & {
  readonly position: PlanPosition
  onChange(patch: Partial<PlanPosition>): void
  /** The place becomes where the stage is now. */
  onReplace(): void
}

const axes = [
  { key: 'xUm', field: 'x', title: 'X' },
  { key: 'yUm', field: 'y', title: 'Y' },
  { key: 'zUm', field: 'z', title: 'Z' },
] as const

/** One place of the plan. */
export function PositionRow({ position, onChange, onReplace, ...row }: PositionRowProps) {
  const services = useServices()
  const blocked = useBlockedByHand()
  const path = `stage_positions[${row.index}]`
  const problem = useHasProblem(path)
  const usualName = positionName(row.index, row.count)
  const name = position.name ?? usualName
  const own = ownSettings(position)
  return (
    <div
      className={styles['row']}
      data-kind="position"
      role="listitem"
      aria-label={`Position ${row.index + 1}`}
      data-path={path}
      data-problem={problem || undefined}
      onKeyDown={(event) => moveRowByKeys(event, row)}
    >
      <span className={styles['number']}>{row.index + 1}</span>
      <input
        // A plan that was loaded replaces what is in the field.
        key={position.name}
        className={styles['name']}
        aria-label="Name"
        placeholder={usualName}
        maxLength={100}
        defaultValue={position.name}
        onBlur={({ currentTarget: { value } }) => {
          const typed = value.trim() === '' ? undefined : value.trim()
          if (typed !== position.name) onChange({ name: typed })
        }}
      />
      {axes.map(({ key, field, title }) => (
        <span
          key={key}
          className={styles['coordinate']}
          data-title={`${title} µm`}
          data-path={`${path}.${field}`}
        >
          <NumberField
            label={title}
            unit="µm"
            unitElsewhere
            value={position[key]}
            placeholder="as it is"
            step={key === 'zUm' ? 0.01 : 0.1}
            onCommit={(um) => onChange({ [key]: um })}
            onClear={() => onChange({ [key]: undefined })}
          />
        </span>
      ))}
      <span className={styles['tools']}>
        <Tooltip label={blocked ?? 'Move the stage there'}>
          <ActionIcon
            size={20}
            aria-label={`Go to ${name}`}
            {...(blocked === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true })}
            onClick={() => void goToPosition(services, position)}
          >
            <IconMapPin size={14} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Replace it by where the stage is now">
          <ActionIcon size={20} aria-label={`Replace ${name} by the present place`} onClick={onReplace}>
            <IconCurrentLocation size={14} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
        <RowTools name={name} {...row} />
      </span>
      {own !== '' && <span className={styles['own']}>Own settings, kept from the file: {own}</span>}
    </div>
  )
}
