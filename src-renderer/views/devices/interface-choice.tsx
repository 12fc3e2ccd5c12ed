import { Checkbox } from '@mantine/core'
import type { NetworkInterface } from '../../../src-shared/hardware.ts'
import { chooseInterfaces, listInterfaces } from '../../actions/hardware-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { OperatorControls } from '../../components/operator-controls.tsx'
import { useAnswer } from '../../components/use-answer.ts'
import { useLiveSetting } from '../../components/use-live-setting.ts'
import { useEngine, useServices } from '../../services.ts'
import styles from './interface-choice.module.css'

/** On which networks of the microscope's computer is searched: none until somebody chose it. */
export function InterfaceChoice() {
  const { value: interfaces, failure } = useAnswer(listInterfaces)
  const chosen = useEngine((state) => state.settings?.searchInterfaces)
  return (
    <section aria-label="Networks to search">
      <h3>Search on</h3>
      <p className={styles['note']}>
        Nothing is sent on a network that is not chosen here. The choice is remembered.
      </p>
      {interfaces !== undefined && chosen !== undefined && (
        <Interfaces interfaces={interfaces} chosen={chosen} />
      )}
      <FailureLine failure={failure} />
    </section>
  )
}

type InterfacesProps = {
  readonly interfaces: readonly NetworkInterface[]
  /** Names of those chosen; also of some that are not there now. */
  readonly chosen: readonly string[]
}

function Interfaces({ interfaces, chosen }: InterfacesProps) {
  const services = useServices()
  const { shown, edit, failure } = useLiveSetting(chosen, (names) => chooseInterfaces(services, names))
  const byName = Map.groupBy(interfaces, ({ name }) => name)
  if (byName.size === 0) return <p className={styles['note']}>This computer is in no network now.</p>
  return (
    <OperatorControls>
      <ul className={styles['list']}>
        {[...byName].map(([name, addresses]) => (
          <li key={name}>
            <Checkbox
              size="xs"
              label={
                <>
                  {name} <span className={styles['address']}>{addresses.map(addressText).join(', ')}</span>
                  {addresses.some(({ loopback }) => loopback) && (
                    <span className={styles['address']}> · this computer itself</span>
                  )}
                </>
              }
              checked={shown.includes(name)}
              onChange={(event) => {
                const others = shown.filter((other) => other !== name)
                edit(event.currentTarget.checked ? [...others, name] : others)
              }}
            />
          </li>
        ))}
      </ul>
      <FailureLine failure={failure} />
    </OperatorControls>
  )
}

/** `192.168.1.5/24`: the address with the length of its network's prefix. */
function addressText({ address, netmask }: NetworkInterface): string {
  const bits = netmask
    .split('.')
    .map((part) => Number(part).toString(2).replaceAll('0', '').length)
    .reduce((sum, ones) => sum + ones, 0)
  return `${address}/${bits}`
}
