import { Button, Tooltip } from '@mantine/core'
import { IconShare3 } from '@tabler/icons-react'
import { useEngine, useServices } from '../../services.ts'
import { isOwner } from '../../stores/permission.ts'
import styles from './share.module.css'

/** Opens what concerns others; only for whoever sits at the microscope. */
export function ShareButton() {
  const { session } = useServices()
  const owner = useEngine(isOwner)
  const on = useEngine((state) => state.sharing.state === 'on')
  const others = useEngine((state) => state.viewers.filter(({ role }) => role !== 'owner').length)
  if (!owner) return null
  const watched = others === 1 ? '1 watches' : `${others} watch`
  return (
    <Tooltip label={on ? `Shared with others: ${watched}` : 'Let others watch or operate'}>
      <Button
        className={styles['shareButton'] ?? ''}
        variant="subtle"
        color="gray"
        size="compact-sm"
        data-on={on || undefined}
        leftSection={<IconShare3 size={15} stroke={1.7} />}
        onClick={() => session.setState({ openSheet: 'share' })}
      >
        <span className={styles['shareWord']}>Share</span>
        {on && others > 0 ? ` · ${others}` : ''}
      </Button>
    </Tooltip>
  )
}
