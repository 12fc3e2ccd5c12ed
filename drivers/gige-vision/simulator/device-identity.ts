import { createHash } from 'node:crypto'
import { macFromBytes } from '../protocol/addresses.ts'
import { ipConfiguration } from '../protocol/bootstrap-registers.ts'
import type { IpConfiguration } from '../protocol/gvcp-packet.ts'

/** What a camera keeps while it is switched off. */
export type KeptSettings = {
  userName: string
  /** Bits of `ipConfiguration`. */
  ipCurrent: number
  persistent: IpConfiguration
}

/** Who the simulated camera says it is. Its addresses are a claim: it is reached where it was started all the same. */
export class DeviceIdentity {
  readonly manufacturer = 'Coverslip'
  readonly model: string
  readonly deviceVersion = '1.0'
  readonly manufacturerInfo = 'Simulated microscope camera'
  readonly serialNumber: string
  readonly mac: string
  readonly kept: KeptSettings
  readonly #address: string
  #ip: IpConfiguration

  constructor(options: { model: string; serialNumber: string; userName: string; address: string }) {
    const { model, serialNumber, userName, address } = options
    this.model = model
    this.serialNumber = serialNumber
    this.mac = macOf(serialNumber)
    this.kept = {
      userName,
      ipCurrent: ipConfiguration.dhcp | ipConfiguration.linkLocal,
      persistent: { ip: '0.0.0.0', subnetMask: '0.0.0.0', gateway: '0.0.0.0' },
    }
    this.#address = address
    this.#ip = this.#ipAtStart()
  }

  /** Present addresses. */
  get ip(): IpConfiguration {
    return this.#ip
  }

  /** Takes other addresses until the camera is switched off. */
  force(ip: IpConfiguration): void {
    this.#ip = ip
  }

  /** To be called when the camera is switched on. */
  start(): void {
    this.#ip = this.#ipAtStart()
  }

  #ipAtStart(): IpConfiguration {
    const { ipCurrent, persistent } = this.kept
    if ((ipCurrent & ipConfiguration.persistent) !== 0 && persistent.ip !== '0.0.0.0') return persistent
    return { ip: this.#address, subnetMask: '255.255.255.0', gateway: '0.0.0.0' }
  }
}

/** A locally administered MAC address that belongs to a serial number. */
function macOf(serialNumber: string): string {
  const hash = createHash('sha256').update(serialNumber).digest()
  return macFromBytes(Uint8Array.of(0x02, 0xc5, ...hash.subarray(0, 4)))
}
