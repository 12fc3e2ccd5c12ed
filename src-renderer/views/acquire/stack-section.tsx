import { Button, Select } from '@mantine/core'
import type { ZPlan } from '../../../src-shared/plan/z-plan.ts'
import { compact } from '../../components/format.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useDetector, useEngine, usePlan, useServices, useShown } from '../../services.ts'
import { roundedUm, suggestedStepUm } from '../../stores/plan-defaults.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { deviceById, focusStage } from '../../stores/selectors.ts'
import { sensorPixelUm } from '../../stores/sensor-pixel.ts'
import { Field } from './field.tsx'
import { PlanSection } from './plan-section.tsx'
import styles from './plan-rows.module.css'
import {
  mostPlanes,
  offeredKinds,
  planeCount,
  stackKinds,
  stackOfKind,
  withEnd,
  withPlaneCount,
} from './stack-kinds.ts'
import { microscopeNow } from './use-microscope.ts'

/** Planes through the focus at each place. */
export function StackSection() {
  const hasFocus = useEngine((state) => focusStage(state.devices) !== undefined)
  const plan = usePlan((draft) => draft.sequence.z)
  return (
    <PlanSection
      section="z"
      title="Focus stack"
      path="z_plan"
      missing={hasFocus ? undefined : 'This microscope has no focus drive.'}
    >
      {plan !== undefined && <StackFields plan={plan} />}
    </PlanSection>
  )
}

function StackFields({ plan }: { readonly plan: ZPlan }) {
  const services = useServices()
  const detector = useDetector()
  const camera = useEngine((state) => deviceById(state, detector))
  const pixelSizeUm = useShown(({ frame }) => sensorPixelUm(frame, camera))
  const suggestedUm = suggestedStepUm(pixelSizeUm)
  const change = (z: ZPlan) => services.plan.setState((draft) => withSequence(draft, { z }))
  const focusNow = () => microscopeNow(services).focus?.position?.z ?? 0
  return (
    <>
      <Field title="Planes">
        <Select
          aria-label="Kind of stack"
          data={offeredKinds(plan.kind).map((kind) => ({ ...kind }))}
          value={plan.kind}
          onChange={(value) => {
            const kind = stackKinds.find((each) => each.value === value)?.value
            if (kind !== undefined)
              change(stackOfKind(plan, kind, { focusUm: focusNow(), stepUm: suggestedUm }))
          }}
        />
      </Field>
      <div className={styles['fields']}>
        <SpanFields plan={plan} focusNow={focusNow} onChange={change} />
        {'stepUm' in plan && (
          <>
            <Field
              title="Step"
              path="z_plan.step"
              aside={
                suggestedUm !== plan.stepUm && (
                  <Button
                    variant="subtle"
                    color="gray"
                    size="compact-xs"
                    h={17}
                    px={4}
                    title="Half the depth of field of an objective that the pixel size suits: loses nothing"
                    onClick={() => change({ ...plan, stepUm: suggestedUm })}
                  >
                    use {compact(suggestedUm)} µm
                  </Button>
                )
              }
            >
              <NumberField
                label="Step"
                value={plan.stepUm}
                unit="µm"
                limits={{ above: 0 }}
                onCommit={(stepUm) => change({ ...plan, stepUm })}
              />
            </Field>
            <Field title="Number of planes">
              <NumberField
                label="Number of planes"
                value={planeCount(plan)}
                step={1}
                limits={{ whole: true, min: 1, max: mostPlanes(plan) }}
                onCommit={(count) => change(withPlaneCount(plan, count))}
              />
            </Field>
          </>
        )}
        <Field title="Direction" path="z_plan.go_up">
          <Select
            aria-label="Direction"
            data={[
              { value: 'up', label: 'From the bottom up' },
              { value: 'down', label: 'From the top down' },
            ]}
            value={plan.goUp ? 'up' : 'down'}
            onChange={(value) => change({ ...plan, goUp: value === 'up' })}
          />
        </Field>
      </div>
    </>
  )
}

type SpanFieldsProps = {
  readonly plan: ZPlan
  focusNow(): number
  onChange(plan: ZPlan): void
}

function SpanFields({ plan, focusNow, onChange }: SpanFieldsProps) {
  switch (plan.kind) {
    case 'topBottom':
      return (['top', 'bottom'] as const).map((end) => (
        <Field key={end} title={end === 'top' ? 'Top' : 'Bottom'} path={`z_plan.${end}`}>
          <span className={styles['withButton']}>
            <NumberField
              label={end === 'top' ? 'Top' : 'Bottom'}
              value={end === 'top' ? plan.topUm : plan.bottomUm}
              unit="µm"
              step={0.1}
              onCommit={(zUm) => onChange(withEnd(plan, end, zUm))}
            />
            <Button
              variant="default"
              size="compact-xs"
              h={24}
              aria-label={`Set ${end} here`}
              title={`The ${end} of the stack is where the focus is now`}
              onClick={() => onChange(withEnd(plan, end, roundedUm(focusNow())))}
            >
              Here
            </Button>
          </span>
        </Field>
      ))
    case 'aboveBelow':
      return (['above', 'below'] as const).map((side) => (
        <Field key={side} title={side === 'above' ? 'Above' : 'Below'} path={`z_plan.${side}`}>
          <NumberField
            label={side === 'above' ? 'Above' : 'Below'}
            value={Math.abs(side === 'above' ? plan.aboveUm : plan.belowUm)}
            unit="µm"
            limits={{ min: 0 }}
            onCommit={(um) => onChange({ ...plan, [side === 'above' ? 'aboveUm' : 'belowUm']: um })}
          />
        </Field>
      ))
    case 'rangeAround':
      return (
        <Field title="Range" path="z_plan.range">
          <NumberField
            label="Range"
            value={plan.rangeUm}
            unit="µm"
            limits={{ min: 0 }}
            onCommit={(rangeUm) => onChange({ ...plan, rangeUm })}
          />
        </Field>
      )
    case 'absolute':
    case 'relative':
      return (
        <p className={styles['note']}>
          {plan.planesUm.length} planes, as listed in the file: {listed(plan.planesUm)} µm
        </p>
      )
  }
}

const mostListed = 8

function listed(planesUm: readonly number[]): string {
  const shown = planesUm.slice(0, mostListed).map((um) => compact(um))
  return [...shown, ...(planesUm.length > mostListed ? ['…'] : [])].join(', ')
}
