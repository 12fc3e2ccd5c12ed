/** `coverslip --help`: the options of the headless host. */
import { Command, Option } from 'commander'
import { type Role, roleSchema } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { SharingSettings } from '../../src-shared/sharing.ts'
import { addHardwareOptions, frameRateOption } from '../engine/hardware-options.ts'
import { portOption } from './port-option.ts'
import type { RedisOptions } from './redis-bus.ts'
import { isLoopback } from './request-guard.ts'

/** How others come in, where the command line lets them. */
export type SharedOptions = {
  readonly tls: SharingSettings['tls']
  readonly certificateFile: string | undefined
  readonly keyFile: string | undefined
  /** Make and print a link with this role. */
  readonly newLink: Role | undefined
}

/** What the headless host was started with. */
export type CommandLine = {
  readonly host: string
  readonly port: number
  /** Undefined: only this computer's own programs come in, and nobody is asked for a token. */
  readonly shared: SharedOptions | undefined
  readonly dataFolder: string | undefined
  readonly hardwareFile: string | undefined
  readonly replay: string | undefined
  readonly replayFrameRate: number | undefined
  readonly imswitchUi: string | undefined
  /** Undefined: no front servers. */
  readonly redis: (RedisOptions & { readonly framesPerSecond: number }) | undefined
  readonly open: boolean
}

type Flags = {
  headless?: boolean
  host: string
  port: number
  data?: string
  hardware?: string
  replay?: string
  replayFps?: number
  imswitchUi?: string
  redis?: string
  redisChannel: string
  redisFps: number
  requireToken?: boolean
  tls?: SharingSettings['tls']
  certificate?: string
  key?: string
  newLink?: boolean
  role?: Role
  open?: boolean
}

/**
 * Reads the arguments after the program's name; prints help, version or what is wrong and ends the process where
 * commander does.
 * @throws CoverslipError INVALID_INPUT for options that do not go together.
 */
export function readCommandLine(argv: readonly string[], version: string): CommandLine {
  const command = addHardwareOptions(
    new Command('npm start --')
    .description('Coverslip: live view of a microscope. Without options: the demo microscope, in a window.')
    .version(version)
    .option('--headless', 'serve only, open no window')
    .option(
      '--host <address>',
      'address to serve on; on any other than this computer’s own, everybody needs a link with an access token',
      '127.0.0.1',
    )
    .option('--port <number>', 'port to serve on; 0 for any free one', portOption, 8001)
    .option(
      '--data <folder>',
      'folder for settings and access tokens (default: the system’s place for application data)',
    )
  )
    .option('--imswitch-ui <folder>', 'serve a built copy of ImSwitch’s pages at /imswitch/ui/')
    .optionsGroup('For other computers (with --host):')
    .addOption(
      new Option(
        '--tls <how>',
        'encryption: a certificate made on first use, your own, or none (default: "self-signed")',
      ).choices(['self-signed', 'own', 'off']),
    )
    .option('--certificate <file>', 'your own certificate, PEM; its chain may follow')
    .option('--key <file>', 'the certificate’s key, PEM')
    .option('--new-link', 'make one more link and print it; the first start makes one by itself')
    .addOption(
      new Option('--role <role>', 'what the new link allows (default: "owner")').choices(roleSchema.options),
    )
    .option('--require-token', 'ask for access tokens also on this computer’s own address (behind a proxy)')
    .optionsGroup('For front servers, where more watch than one computer should serve:')
    .addOption(
      new Option(
        '--redis <url>',
        'give frames to front servers (npm start -- --front) through this Redis',
      ).env('COVERSLIP_REDIS'),
    )
    .option('--redis-channel <name>', 'this microscope, where several share one Redis', 'coverslip')
    .option('--redis-fps <number>', 'most frames per second and stream that go there', frameRateOption, 30)
    .addOption(new Option('--open', 'open the app in a browser window').hideHelp())
    .showHelpAfterError('Try npm start -- --help.')
    .showSuggestionAfterError()
    .allowExcessArguments(false)
  const flags = command.parse([...argv], { from: 'user' }).opts<Flags>()
  const shared = sharedOptions(flags)
  return {
    host: flags.host,
    port: flags.port,
    shared,
    dataFolder: flags.data,
    hardwareFile: flags.hardware,
    replay: flags.replay,
    replayFrameRate: flags.replayFps,
    imswitchUi: flags.imswitchUi,
    redis:
      flags.redis === undefined
        ? undefined
        : { url: flags.redis, channel: flags.redisChannel, framesPerSecond: flags.redisFps },
    open: flags.open === true && flags.headless !== true && shared === undefined,
  }
}

function sharedOptions({ host, requireToken, ...flags }: Flags): SharedOptions | undefined {
  const { certificate, key, newLink, role } = flags
  const own = certificate !== undefined || key !== undefined
  const tls = flags.tls ?? (own ? 'own' : 'self-signed')
  if (isLoopback(host) && requireToken !== true) {
    if (flags.tls === undefined && !own && newLink === undefined && role === undefined) return undefined
    throw new CoverslipError(
      'INVALID_INPUT',
      `--tls, --certificate, --key, --new-link and --role are for other computers, and nobody else reaches ${host}`,
      { hint: 'Add --host 0.0.0.0 to serve others, or press Share in the window.' },
    )
  }
  if (own && tls !== 'own') {
    throw new CoverslipError('INVALID_INPUT', `--certificate and --key do not go with --tls ${tls}`)
  }
  if (tls === 'own' && (certificate === undefined || key === undefined)) {
    throw new CoverslipError('INVALID_INPUT', 'Your own certificate needs both --certificate and --key')
  }
  if (role !== undefined && newLink === undefined) {
    throw new CoverslipError('INVALID_INPUT', '--role says what a new link allows', {
      hint: 'Add --new-link.',
    })
  }
  return {
    tls,
    certificateFile: certificate,
    keyFile: key,
    newLink: newLink === true ? (role ?? 'owner') : undefined,
  }
}
