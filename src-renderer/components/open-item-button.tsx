import { Button, Tooltip } from '@mantine/core'
import { openItem } from '../actions/gallery-actions.ts'
import { useServices } from '../services.ts'

/** Opens what was just kept in the viewer. */
export function OpenItemButton({ id, name }: { readonly id: string; readonly name: string }) {
  const services = useServices()
  return (
    <Tooltip label={`Look at ${name}`}>
      <Button
        variant="light"
        color="gray"
        size="compact-xs"
        aria-label={`Open ${name}`}
        onClick={() => openItem(services, id)}
      >
        Open
      </Button>
    </Tooltip>
  )
}
