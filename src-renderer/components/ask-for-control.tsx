import { Button } from '@mantine/core'
import { takeControl } from '../actions/control-actions.ts'
import { useEngine, useServices } from '../services.ts'
import { isOwner, otherOperator } from '../stores/permission.ts'

/** Beside a refusal because somebody else operates: asks for control, or for the owner takes it. */
export function AskForControl() {
  const services = useServices()
  const owner = useEngine(isOwner)
  const taken = useEngine((state) => otherOperator(state) !== undefined)
  const asked = useEngine((state) => state.control.request?.caller.id === state.caller?.id)
  if (!taken) return null
  return (
    <Button variant="default" size="compact-xs" disabled={asked} onClick={() => void takeControl(services)}>
      {owner ? 'Take control' : asked ? 'Asked' : 'Ask for control'}
    </Button>
  )
}
