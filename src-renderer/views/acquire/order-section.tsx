import { ActionIcon, Checkbox, Select } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import type { Axis } from '../../../src-shared/plan/sequence.ts'
import { usePlan, useServices } from '../../services.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { Field } from './field.tsx'
import styles from './order-section.module.css'
import { answered, answerOf, axesInUse, axisTitles, moveAxis, orderQuestions } from './order-words.ts'
import { PlanPart } from './plan-section.tsx'
import rows from './plan-rows.module.css'

/** In which order the images are taken; nothing while there is one axis at most. */
export function OrderSection() {
  const { plan } = useServices()
  const sequence = usePlan((draft) => draft.sequence)
  const used = axesInUse(sequence)
  if (used.length < 2) return null
  const setOrder = (axisOrder: readonly Axis[]) =>
    plan.setState((draft) => withSequence(draft, { axisOrder }))
  return (
    <PlanPart
      id="order"
      title="Order"
      path="axis_order"
      summary={used.map((axis) => axisTitles[axis].replace('every ', '')).join(' › ')}
    >
      <div className={styles['questions']}>
        {orderQuestions(sequence).map((question) => (
          <Field key={question.title} title={question.title}>
            <Select
              aria-label={question.title}
              data={question.answers.map((label, i) => ({ value: String(i), label }))}
              value={String(answerOf(sequence, question))}
              onChange={(value) => setOrder(answered(sequence, question, value === '0' ? 0 : 1))}
            />
          </Field>
        ))}
      </div>
      <ol className={styles['loops']} aria-label="Order, the outermost first">
        {used.map((axis, depth) => (
          <li key={axis} className={styles['loop']} style={{ paddingLeft: depth * 14 }}>
            <span className={styles['axis']}>
              {depth === 0 ? 'at ' : 'and there at '}
              {axisTitles[axis]}
            </span>
            <ActionIcon
              size={18}
              aria-label={`Move ${axisTitles[axis]} outwards`}
              disabled={depth === 0}
              onClick={() => setOrder(moveAxis(sequence, axis, -1))}
            >
              <IconChevronUp size={13} stroke={1.8} />
            </ActionIcon>
            <ActionIcon
              size={18}
              aria-label={`Move ${axisTitles[axis]} inwards`}
              disabled={depth === used.length - 1}
              onClick={() => setOrder(moveAxis(sequence, axis, 1))}
            >
              <IconChevronDown size={13} stroke={1.8} />
            </ActionIcon>
          </li>
        ))}
      </ol>
      <ShutterFields />
    </PlanPart>
  )
}

const shutterWords: Readonly<Partial<Record<Axis, string>>> = {
  z: 'planes',
  t: 'time points',
  c: 'channels',
  g: 'tiles',
  p: 'positions',
}

/** Between which images the light stays on. */
function ShutterFields() {
  const { plan } = useServices()
  const sequence = usePlan((draft) => draft.sequence)
  const { keepShutterOpenAcross: kept } = sequence
  const axes = [...new Set([...axesInUse(sequence), ...kept])]
  return (
    <div
      className={rows['checks']}
      role="group"
      aria-label="Light kept on between"
      data-path="keep_shutter_open_across"
    >
      <span className={rows['note']}>Light kept on between</span>
      {axes.map((axis) => (
        <Checkbox
          key={axis}
          size="xs"
          label={shutterWords[axis]}
          checked={kept.includes(axis)}
          onChange={(event) => {
            const next = event.currentTarget.checked
              ? [...kept, axis]
              : kept.filter((other) => other !== axis)
            plan.setState((draft) => withSequence(draft, { keepShutterOpenAcross: next }))
          }}
        />
      ))}
    </div>
  )
}
