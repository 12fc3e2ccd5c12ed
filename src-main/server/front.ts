/** Entry of a front server: `npm start -- --front --redis <url>`. */
import { Command, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { CoverslipError } from '../../src-shared/errors.ts'
import { createFront } from './front-server.ts'
import { isLoopback } from './request-guard.ts'
import { portOption } from './port-option.ts'
import { closeOnSignals, runProgram } from './run-program.ts'
import { readTlsFiles } from './tls-files.ts'

const options = new Command('npm start -- --front')
  .description('Coverslip front server: shows the streams of a microscope whose server runs with --redis.')
  .version(packageJson.version)
  .option('--front', 'be a front server')
  .addOption(
    new Option('--redis <url>', 'address of Redis, redis:// or rediss://')
      .env('COVERSLIP_REDIS')
      .makeOptionMandatory(),
  )
  .option('--redis-channel <name>', 'the microscope, where several share one Redis', 'coverslip')
  .option('--host <address>', 'address to serve on', '127.0.0.1')
  .option('--port <number>', 'port to serve on; 0 for any free one', portOption, 8002)
  .option('--certificate <file>', 'certificate, PEM; its chain may follow')
  .option('--key <file>', 'the certificate’s key, PEM')
  .addOption(
    new Option('--tls <how>', 'off: serve other computers unencrypted, though links can be read on the way')
      .choices(['own', 'off'])
      .default('own'),
  )
  .option('--require-token', 'ask for access tokens on this computer, too (behind a proxy)')
  .option('--name <name>', 'how the microscope’s list of viewers calls this server')
  .showHelpAfterError('Try npm start -- --front --help.')
  .allowExcessArguments(false)
  .parse()
  .opts<{
    redis: string
    redisChannel: string
    host: string
    port: number
    certificate?: string
    key?: string
    tls: 'own' | 'off'
    requireToken?: boolean
    name?: string
  }>()

async function run(): Promise<void> {
  const { certificate: certificateFile, key: keyFile } = options
  const encrypted = certificateFile !== undefined || keyFile !== undefined
  const tls = encrypted ? await readTlsFiles({ certificateFile, keyFile }, Date.now()) : undefined
  if (tls === undefined && options.tls !== 'off' && !isLoopback(options.host)) {
    throw new CoverslipError('HOST_REFUSED', `${options.host} can be reached by other computers`, {
      hint: 'Give --certificate and --key, serve on 127.0.0.1 behind a proxy that encrypts (--require-token), or add --tls off.',
    })
  }
  const front = await createFront({
    redis: { url: options.redis, channel: options.redisChannel },
    host: options.host,
    port: options.port,
    ...(tls === undefined ? {} : { tls }),
    requireToken: options.requireToken === true,
    ...(options.name === undefined ? {} : { name: options.name }),
  })
  process.on('uncaughtException', (error) => console.error(error))
  closeOnSignals(() => front.close())
  let redis: boolean | undefined
  front.onRedis((up) => {
    if (up !== redis) console.log(up ? 'Connected to Redis.' : 'Redis cannot be reached; trying again.')
    redis = up
  })
  console.log(`Front server on ${front.url}`)
}

await runProgram(run)
