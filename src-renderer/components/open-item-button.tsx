import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { openItem } from '../actions/gallery-actions.ts'
import { useServices } from '../services.ts'

type OpenItemButtonProps = {
  /** As the gallery lists it. */
  readonly id: string
  readonly name: string
  readonly phone: boolean
}

/** Opens what was just kept in the viewer. */
export function OpenItemButton({ id, name, phone }: OpenItemButtonProps) {
  const services = useServices()
  const open = () => openItem(services, id)
  const label = `Open ${name}`
  if (phone) {
    return (
      <ActionIcon variant="default" aria-label={label} onClick={open}>
        <IconPhoto size={17} stroke={1.6} />
      </ActionIcon>
    )
  }
  return (
    <Tooltip label={`Look at ${name}`}>
      <Button variant="light" color="gray" size="compact-xs" aria-label={label} onClick={open}>
        Open
      </Button>
    </Tooltip>
  )
}
