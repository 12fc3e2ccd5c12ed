import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { NetworkInterface } from '../../../src-shared/hardware.ts'
import { chooseInterfaces, listInterfaces } from '../../actions/hardware-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { OperatorControls } from '../../components/operator-controls.tsx'
import { useAnswer } from '../../components/use-answer.ts'
import { useEngine, useServices } from '../../services.ts'
import styles from './interface-choice.module.css'

/** On which networks of the microscope's computer is searched: none until somebody chose it. */
export function InterfaceChoice() {
  const { value: interfaces, failure } = useAnswer(listInterfaces)
  const chosen = useEngine((state) => state.settings?.searchInterfaces)
  const [refused, setRefused] = useState<CallFailure>()
  return (
    <section aria-label="Networks to search">
      <h3>Search on</h3>
      <p className={styles['note']}>
        Nothing is sent on a network that is not chosen here. The choice is remembered.
      </p>
      {interfaces !== undefined && chosen !== undefined && (
        <Interfaces interfaces={interfaces} chosen={chosen} onRefused={setRefused} />
      )}
      <FailureLine failure={refused ?? failure} />
    </section>
  )
}

type InterfacesProps = {
  readonly interfaces: readonly NetworkInterface[]
  /** Names of those chosen; also of some that are not there now. */
  readonly chosen: readonly string[]
  readonly onRefused: (failure: CallFailure | undefined) => void
}

function Interfaces({ interfaces, chosen, onRefused }: InterfacesProps) {
  const services = useServices()
  const names = [...new Set(interfaces.map(({ name }) => name))]
  if (names.length === 0) return <p className={styles['note']}>This computer is in no network now.</p>
  return (
    <OperatorControls>
      <ul className={styles['list']}>
        {names.map((name) => {
          const own = interfaces.filter((candidate) => candidate.name === name)
          const loopback = own.some((candidate) => candidate.loopback)
          return (
            <li key={name}>
              <Checkbox
                size="xs"
                label={
                  <>
                    {name} <span className={styles['address']}>{own.map(addressText).join(', ')}</span>
                    {loopback && <span className={styles['address']}> · this computer itself</span>}
                  </>
                }
                checked={chosen.includes(name)}
                onChange={(event) => {
                  const others = chosen.filter((other) => other !== name)
                  const next = event.currentTarget.checked ? [...others, name] : others
                  void chooseInterfaces(services, next).then(onRefused)
                }}
              />
            </li>
          )
        })}
      </ul>
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
