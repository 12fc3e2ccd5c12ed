import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { Machine } from './machine.ts'

const id = 'firewall'
const title = 'Firewall'

/** Whether something may keep the packets of network cameras out. Rules can mostly be read by root only. */
export async function checkFirewall(machine: Machine): Promise<readonly DoctorCheck[]> {
  switch (machine.platform) {
    case 'linux':
      return [await checkLinux(machine)]
    case 'win32':
      return [
        unknown(
          'Not checked on this system: rules cannot be read without starting other programs',
          'Windows asks at the first start whether Coverslip may be reached; answer yes for the network that the cameras are in (Windows Security, Firewall, Allow an app).',
        ),
      ]
    case 'darwin':
      return [
        unknown(
          'Not checked on this system: rules cannot be read without administrator rights',
          'Allow incoming connections for Coverslip (System Settings, Network, Firewall).',
        ),
      ]
    default:
      return [unknown('Not checked on this system: its firewall is not known')]
  }
}

async function checkLinux(machine: Machine): Promise<DoctorCheck> {
  if (/^ENABLED=yes/m.test((await machine.readText('/etc/ufw/ufw.conf')) ?? ''))
    return active('ufw', 'sudo ufw allow in on <interface> from <address of the camera>')
  if (await machine.exists('/run/firewalld'))
    return active('firewalld', 'sudo firewall-cmd --zone=trusted --change-interface=<interface>')
  const nft = await machine.findProgram('nft')
  if (nft !== undefined) {
    const { exitCode, output } = await machine.run(nft, ['list', 'ruleset'])
    if (exitCode !== 0) return unreadable('nft list ruleset')
    return filtersInput(output, /hook input[^}]*?(policy drop|\b(?:drop|reject)\b)/s)
  }
  const iptables = await machine.findProgram('iptables')
  if (iptables === undefined) return { id, title, state: 'ok', message: 'No firewall program is installed' }
  const { exitCode, output } = await machine.run(iptables, ['-S', 'INPUT'])
  if (exitCode !== 0) return unreadable('iptables -S INPUT')
  return filtersInput(output, /^-P INPUT (DROP|REJECT)|-j (DROP|REJECT)/m)
}

const unknown = (message: string, hint?: string): DoctorCheck => ({
  id,
  title,
  state: 'unknown',
  message,
  ...(hint === undefined ? {} : { hint }),
})

const unreadable = (command: string): DoctorCheck =>
  unknown('Not checked: only root may read the rules', `See what sudo ${command} shows for input.`)

const active = (name: string, command: string): DoctorCheck => ({
  id,
  title,
  state: 'warning',
  message: `${name} is on and may keep the packets of network cameras out`,
  hint: `If cameras are found but send no frames, let them in: ${command}`,
})

const filtersInput = (rules: string, dropping: RegExp): DoctorCheck =>
  dropping.test(rules)
    ? active('The firewall of this computer', 'accept UDP from the camera on its interface.')
    : { id, title, state: 'ok', message: 'No rule keeps packets out' }
