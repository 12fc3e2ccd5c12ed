import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconChevronDown,
  IconChevronLeft,
  IconChevronRight,
  IconChevronsDown,
  IconChevronsUp,
  IconChevronUp,
  IconPlayerStopFilled,
} from '@tabler/icons-react'
import type { DeviceState } from '../../src-shared/devices.ts'
import { jog, moveStageTo, stopStage } from '../actions/stage-actions.ts'
import { NumberField } from '../components/number-field.tsx'
import { OperatorControls, useBlocked } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { useEngine, useServices, useView } from '../services.ts'
import { focusStage, xyStage } from '../stores/selectors.ts'
import { whyNotAct } from '../stores/permission.ts'
import { DeviceProblem } from './device-problem.tsx'
import { FocusSearch } from './focus-search.tsx'
import styles from './stage-panel.module.css'

/** Position and movement of the stage. Nothing is shown on a microscope without one. */
export function StagePanel() {
  const xy = useEngine((state) => xyStage(state.devices))
  const focus = useEngine((state) => focusStage(state.devices))
  const { view } = useServices()
  const step = useView((state) => state.stageStep)
  if (xy === undefined && focus === undefined) return null
  return (
    <PanelSection id="stage" title="Stage">
      <DeviceProblem device={xy} />
      {focus?.id !== xy?.id && <DeviceProblem device={focus} />}
      <OperatorControls>
        <div className={styles['positions']}>
          {xy !== undefined && <AxisField stage={xy} axis="x" />}
          {xy !== undefined && <AxisField stage={xy} axis="y" />}
          {focus !== undefined && <AxisField stage={focus} axis="z" />}
        </div>
      </OperatorControls>
      <div className={styles['pad']}>
        {xy !== undefined && (
          <OperatorControls disable="each">
            <Arrows xy={xy} />
          </OperatorControls>
        )}
        {focus !== undefined && (
          <OperatorControls>
            <FocusButtons focus={focus} />
          </OperatorControls>
        )}
        <div className={styles['steps']} role="group" aria-label="Steps">
          <span className={styles['stepName']}>Step</span>
          {xy !== undefined && (
            <NumberField
              label="Step X Y"
              value={step.xyUm}
              unit="µm"
              limits={{ min: 0.01 }}
              onCommit={(xyUm) => view.setState({ stageStep: { ...step, xyUm } })}
            />
          )}
          {focus !== undefined && (
            <NumberField
              label="Step Z"
              value={step.zUm}
              unit="µm Z"
              limits={{ min: 0.001 }}
              onCommit={(zUm) => view.setState({ stageStep: { ...step, zUm } })}
            />
          )}
        </div>
      </div>
      {focus !== undefined && <FocusSearch stage={focus} />}
    </PanelSection>
  )
}

type AxisFieldProps = { readonly stage: DeviceState; readonly axis: 'x' | 'y' | 'z' }

function AxisField({ stage, axis }: AxisFieldProps) {
  const services = useServices()
  const travel = stage.description.kind === 'stage' ? stage.description.axes[axis] : undefined
  return (
    <label className={styles['axis']}>
      <span className={styles['axisName']}>{axis.toUpperCase()}</span>
      <NumberField
        label={`Position ${axis.toUpperCase()}`}
        value={stage.position?.[axis] ?? 0}
        unit="µm"
        step={0.1}
        limits={travel ?? {}}
        disabled={stage.status.state !== 'ready' || stage.position?.[axis] === undefined}
        onCommit={(value) => void moveStageTo(services, stage.id, { [axis]: value })}
      />
    </label>
  )
}

function Arrows({ xy }: { readonly xy: DeviceState }) {
  const services = useServices()
  const ready = xy.status.state === 'ready'
  const disabled = useBlocked() !== undefined || !ready
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const arrow = (label: string, area: string, x: number, y: number, Icon: typeof IconChevronUp) => (
    <ActionIcon
      className={styles['arrow'] ?? ''}
      data-area={area}
      variant="default"
      size={28}
      aria-label={label}
      disabled={disabled}
      onClick={(event) =>
        jog(services, { x: x * (event.shiftKey ? 10 : 1), y: y * (event.shiftKey ? 10 : 1) })
      }
    >
      <Icon size={16} stroke={1.8} />
    </ActionIcon>
  )
  return (
    <div className={styles['arrows']} role="group" aria-label="Move stage">
      {arrow('Stage up', 'up', 0, -1, IconChevronUp)}
      {arrow('Stage left', 'left', -1, 0, IconChevronLeft)}
      <Tooltip label="Stop all axes">
        <ActionIcon
          className={styles['arrow'] ?? ''}
          data-area="stop"
          variant="subtle"
          size={28}
          aria-label="Stop stage"
          disabled={watching || !ready}
          onClick={() => void stopStage(services, xy.id)}
        >
          <IconPlayerStopFilled size={12} />
        </ActionIcon>
      </Tooltip>
      {arrow('Stage right', 'right', 1, 0, IconChevronRight)}
      {arrow('Stage down', 'down', 0, 1, IconChevronDown)}
    </div>
  )
}

function FocusButtons({ focus }: { readonly focus: DeviceState }) {
  const services = useServices()
  const disabled = focus.status.state !== 'ready'
  return (
    <div className={styles['focus']} role="group" aria-label="Focus">
      <Tooltip label="Focus up (Page up on the image; Shift: ten steps)">
        <ActionIcon
          variant="default"
          size={28}
          aria-label="Focus up"
          disabled={disabled}
          onClick={(event) => jog(services, { z: event.shiftKey ? 10 : 1 })}
        >
          <IconChevronsUp size={16} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
      <span className={styles['focusName']}>Z</span>
      <Tooltip label="Focus down (Page down on the image; Shift: ten steps)">
        <ActionIcon
          variant="default"
          size={28}
          aria-label="Focus down"
          disabled={disabled}
          onClick={(event) => jog(services, { z: event.shiftKey ? -10 : -1 })}
        >
          <IconChevronsDown size={16} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
