import { Kbd, Modal } from '@mantine/core'
import type { Command } from '../actions/command.ts'
import { commands } from '../actions/commands.ts'
import { useServices, useSession } from '../services.ts'
import styles from './shortcuts-sheet.module.css'

const keyNames: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page up',
  PageDown: 'Page down',
  'mod+k': 'Ctrl K',
}

/** How the keys of `command` are written. */
export function keysOf({ keys, shownKeys }: Command): string {
  if (shownKeys !== undefined) return shownKeys
  const [first] = keys
  if (first === undefined) return ''
  return keyNames[first] ?? first.toUpperCase()
}

const mouse = [
  { keys: 'Wheel', title: 'Zoom to the pointer' },
  { keys: 'Drag', title: 'Move the image' },
  { keys: 'Double click', title: 'Bring that place to the centre (moves the stage)' },
  { keys: 'Shift', title: 'With stage keys and buttons: ten steps' },
]

/** All keys on one page. */
export function ShortcutsSheet() {
  const { session } = useServices()
  const open = useSession((state) => state.openSheet === 'shortcuts')
  const withKeys = commands.filter((command) => command.keys.length > 0)
  const groups = [...new Set(withKeys.map((command) => command.group))]
  return (
    <Modal
      opened={open}
      onClose={() => session.setState({ openSheet: undefined })}
      title="Keyboard and mouse"
      size={660}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles['groups']}>
        {groups.map((group) => (
          <section key={group} className={styles['group']}>
            <h3>{group === 'Stage' ? 'Stage (click the image first)' : group}</h3>
            {withKeys
              .filter((command) => command.group === group)
              .map((command) => (
                <p key={command.id} className={styles['line']}>
                  {command.title}
                  <Kbd>{keysOf(command)}</Kbd>
                </p>
              ))}
          </section>
        ))}
        <section className={styles['group']}>
          <h3>Mouse</h3>
          {mouse.map((line) => (
            <p key={line.keys} className={styles['line']}>
              {line.title}
              <Kbd>{line.keys}</Kbd>
            </p>
          ))}
        </section>
      </div>
    </Modal>
  )
}
