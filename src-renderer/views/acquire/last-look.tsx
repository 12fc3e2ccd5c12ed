import { Button } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { PlanEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { PlanRemark } from '../../../src-shared/plan/read-plan.ts'
import { durationText } from '../../components/duration-words.ts'
import { byteRate, byteSize } from '../../components/format.ts'
import { useNow } from '../../components/use-now.ts'
import { usePlan } from '../../services.ts'
import styles from './estimate-bar.module.css'
import { clockText, counted, formatNames, shareText, sizesText } from './estimate-words.ts'
import { RemarkList } from './remark-list.tsx'

export type LastLookProps = {
  readonly estimate: PlanEstimate
  /** The estimate is of the plan as it was a moment ago. */
  readonly asking: boolean
  readonly warnings: readonly PlanRemark[]
  onStart(): void
  onBack(): void
}

/** Not to a button: the Enter that has asked for the look may be held, and its repeats would press it. */
const takeFocus = (look: HTMLElement | null) => look?.focus()

/** What a long, large or doubtful plan will take, before it is started. */
export function LastLook({ estimate, asking, warnings, onStart, onBack }: LastLookProps) {
  const now = useNow(10_000)
  const name = usePlan((draft) => draft.name.trim())
  const format = usePlan((draft) => draft.run.storage.format)
  const { frames, sizes, durationS, bytes, bytesPerSecond, freeDiskBytes, memoryBytes } = estimate
  const facts: readonly (readonly [title: string, text: string])[] = [
    ['Images', [counted(frames, 'image'), sizesText(sizes)].filter((part) => part !== '').join(': ')],
    ['Time', `about ${durationText(durationS)}, until ${clockText(durationS, now)}`],
    ['Disk', `${byteSize(bytes)} of ${byteSize(freeDiskBytes)} free (${shareText(estimate)})`],
    ['At most', `${byteRate(bytesPerSecond)}; where the disk takes less, the plan waits for it`],
    ['Memory', `${byteSize(memoryBytes)} at most, for images that wait for the disk`],
    ['Kept as', [formatNames[format], name].filter((part) => part !== '').join(', ')],
  ]
  return (
    <div
      ref={takeFocus}
      className={styles['look']}
      role="alertdialog"
      aria-label="Start this acquisition?"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onBack()
      }}
    >
      <dl className={styles['lookFacts']}>
        {facts.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <RemarkList remarks={warnings} kind="warning" />
      <div className={styles['lookButtons']}>
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button
          color="live.4"
          autoContrast
          {...(asking ? { 'data-disabled': true, 'aria-disabled': true } : {})}
          leftSection={<IconPlayerPlayFilled size={13} />}
          onClick={() => {
            if (!asking) onStart()
          }}
        >
          Start
        </Button>
      </div>
    </div>
  )
}
