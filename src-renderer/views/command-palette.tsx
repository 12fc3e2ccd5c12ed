import { Kbd, Modal } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import type { Command } from '../actions/command.ts'
import { commands, hardwareCommands, runCommand } from '../actions/commands.ts'
import { type Services, useServices, useSession } from '../services.ts'
import styles from './command-palette.module.css'
import { keysOf } from './shortcuts-sheet.tsx'

/** Every command by its name. */
export function CommandPalette() {
  const { session } = useServices()
  const open = useSession((state) => state.openSheet === 'commands')
  return (
    <Modal
      opened={open}
      onClose={() => session.setState({ openSheet: undefined })}
      withCloseButton={false}
      centered={false}
      yOffset="12vh"
      padding={0}
      size={480}
      aria-label="Command palette"
    >
      {open && <Palette />}
    </Modal>
  )
}

/** What would change an image that is not on show. */
function scopesOutOfSight({ view, viewing }: Services): readonly Command['scope'][] {
  const { place } = view.getState()
  const viewer = place === 'gallery' && viewing.getState().viewer !== undefined
  return [...(place === 'live' ? [] : (['live'] as const)), ...(viewer ? [] : (['viewer'] as const))]
}

function Palette() {
  const services = useServices()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const words = text.toLowerCase().split(/\s+/)
  const outOfSight = scopesOutOfSight(services)
  const found = [...hardwareCommands(services), ...commands].filter(
    (command) =>
      command.id !== 'commands' &&
      !outOfSight.includes(command.scope) &&
      words.every((word) => command.title.toLowerCase().includes(word)),
  )
  const index = Math.min(chosen, found.length - 1)

  function run(command: Command | undefined) {
    if (command === undefined) return
    services.session.setState({ openSheet: undefined })
    runCommand(services, command, { shiftKey: false })
  }
  function refused(command: Command): string | undefined {
    return command.refusal?.(services)?.reason
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') run(found[index])
    else if (event.key === 'ArrowDown') setChosen(Math.min(found.length - 1, index + 1))
    else if (event.key === 'ArrowUp') setChosen(Math.max(0, index - 1))
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        className={styles['input']}
        data-autofocus
        autoFocus
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls="command-list"
        aria-activedescendant={found[index] === undefined ? undefined : `command-${index}`}
        placeholder="What should be done?"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="command-list" className={styles['list']} role="listbox" aria-label="Commands">
        {found.map((command, position) => (
          <li
            key={command.id}
            id={`command-${position}`}
            ref={(element) => {
              if (position === index) element?.scrollIntoView({ block: 'nearest' })
            }}
            role="option"
            aria-selected={position === index}
            className={styles['command']}
            onPointerMove={() => setChosen(position)}
            onClick={() => run(command)}
          >
            <span data-refused={refused(command) !== undefined || undefined}>
              {command.title}
              {refused(command) !== undefined && <small>{refused(command)}</small>}
            </span>
            {command.keys.length > 0 && <Kbd>{keysOf(command)}</Kbd>}
          </li>
        ))}
        {found.length === 0 && <li className={styles['none']}>Nothing is called that.</li>}
      </ul>
    </>
  )
}
