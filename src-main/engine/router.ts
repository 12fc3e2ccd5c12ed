/** The contract's calls, answered by an engine. HTTP and IPC both use this router. */
import { implement, type Router } from '@orpc/server'
import { isGuest, mayAct } from '../../src-shared/access.ts'
import { contract } from '../../src-shared/contract/contract.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Settings } from '../../src-shared/settings.ts'
import { readPlanText, writePlanText } from '../acquisition/plans/plan-text.ts'
import { acquisitionEvents } from './acquisition-events.ts'
import { answerOffer } from './answer-offer.ts'
import type { CallContext } from './call-context.ts'
import { controlFor, eventsFor, withoutSecrets } from './caller-events.ts'
import { focusScores } from './focus-scores.ts'
import { subscribeToEvents } from './engine-events.ts'
import { answerGuarded } from './guarded-calls.ts'
import { driverFor, hardwareFor } from './hardware-for-caller.ts'
import { applyPresetByHand, setPropertyByHand } from './set-by-hand.ts'

const os = implement(contract)
  .$context<CallContext>()
  .use(({ next, context, procedure, path, signal }, input) => {
    const { meta: needed, route } = procedure['~orpc']
    const call = { context, action: path.join('.'), input, needed, method: route.method, signal }
    return answerGuarded(call, () => next())
  })

export const router: Router<typeof contract, CallContext> = os.router({
  system: {
    info: os.system.info.handler(({ context }) => context.host),
    events: os.system.events.handler(({ context, signal }) => subscribeToEvents(eventsFor(context), signal)),
  },
  devices: {
    list: os.devices.list.handler(({ context }) => context.engine.devices.devices()),
    setProperty: os.devices.setProperty.handler(({ context, input }) =>
      setPropertyByHand(context.engine, input),
    ),
    trigger: os.devices.trigger.handler(({ context, input }) =>
      context.engine.devices.trigger(input.deviceId),
    ),
    reconnect: os.devices.reconnect.handler(({ context, input }) =>
      context.engine.devices.reconnect(input.deviceId),
    ),
    rename: os.devices.rename.handler(({ context, input }) =>
      context.engine.hardware.renameDevice(input.deviceId, input.name),
    ),
    forgetSettings: os.devices.forgetSettings.handler(({ context, input }) =>
      context.engine.hardware.forgetSettings(input.deviceId),
    ),
  },
  hardware: {
    state: os.hardware.state.handler(async ({ context: { engine, caller } }) => {
      // Looking at drivers reads all their files: not for everybody who watches.
      if (mayAct(caller.role, 'operator')) await engine.hardware.scanDrivers()
      return hardwareFor(caller, engine.hardware.state())
    }),
    addConnection: os.hardware.addConnection.handler(({ context, input }) =>
      context.engine.hardware.addConnection(input),
    ),
    changeConnection: os.hardware.changeConnection.handler(
      ({ context, input: { connectionId, ...change } }) =>
        context.engine.hardware.changeConnection(connectionId, change),
    ),
    removeConnection: os.hardware.removeConnection.handler(({ context, input }) =>
      context.engine.hardware.removeConnection(input.connectionId),
    ),
    reconnect: os.hardware.reconnect.handler(({ context, input }) =>
      context.engine.hardware.reconnect(input.connectionId),
    ),
    interfaces: os.hardware.interfaces.handler(({ context }) => context.engine.hardware.interfaces()),
    discover: os.hardware.discover.handler(({ context, input }) =>
      context.engine.hardware.discover(input.drivers),
    ),
    cancelDiscovery: os.hardware.cancelDiscovery.handler(({ context }) =>
      context.engine.hardware.cancelDiscovery(),
    ),
    scanDrivers: os.hardware.scanDrivers.handler(({ context: { engine, caller } }) =>
      engine.hardware.scanDrivers().then((drivers) => drivers.map((driver) => driverFor(caller, driver))),
    ),
    allowDriver: os.hardware.allowDriver.handler(({ context, input }) =>
      context.engine.hardware.allowDriver(input.driver, input.hash),
    ),
    forbidDriver: os.hardware.forbidDriver.handler(({ context, input }) =>
      context.engine.hardware.forbidDriver(input.driver),
    ),
    doctor: os.hardware.doctor.handler(({ context }) => context.engine.hardware.diagnose()),
  },
  stage: {
    move: os.stage.move.handler(({ context, input: { deviceId, mode, ...target } }) =>
      context.engine.devices.moveStage(deviceId, target, mode),
    ),
    stop: os.stage.stop.handler(({ context, input }) => context.engine.devices.stopStage(input.deviceId)),
  },
  focus: {
    find: os.focus.find.handler(({ context, input, signal }) => context.engine.focus.find(input, signal)),
    stop: os.focus.stop.handler(async ({ context }) => (await context.engine.focus.stop()) ?? null),
    status: os.focus.status.handler(({ context }) => context.engine.focus.status ?? null),
    scores: os.focus.scores.handler(({ context, input, signal }) =>
      focusScores(context.engine.focusScores, input.detectorName, signal),
    ),
  },
  presets: {
    list: os.presets.list.handler(({ context }) => context.engine.devices.presets()),
    apply: os.presets.apply.handler(({ context, input }) => applyPresetByHand(context.engine, input)),
    save: os.presets.save.handler(({ context, input: { replace, ...preset } }) =>
      context.engine.presets.save(preset, { replace }),
    ),
    rename: os.presets.rename.handler(({ context, input: { newName, ...which } }) =>
      context.engine.presets.rename(which, newName),
    ),
    remove: os.presets.remove.handler(({ context, input }) => context.engine.presets.remove(input)),
  },
  liveView: {
    start: os.liveView.start.handler(({ context, input }) => context.engine.liveView.startLiveView(input)),
    stop: os.liveView.stop.handler(({ context, input }) => context.engine.liveView.stopLiveView(input)),
    setParams: os.liveView.setParams.handler(({ context, input }) =>
      context.engine.liveView.setStreamParams(input),
    ),
    getParams: os.liveView.getParams.handler(({ context, input }) =>
      context.engine.liveView.getStreamParams(input),
    ),
    active: os.liveView.active.handler(({ context }) => context.engine.liveView.getActiveStreams()),
    status: os.liveView.status.handler(({ context }) => context.engine.liveView.getStreamStatus()),
    diagnostics: os.liveView.diagnostics.handler(({ context, input }) =>
      context.engine.liveView.getDiagnostics(input),
    ),
    longExposure: os.liveView.longExposure.handler(({ context, input }) =>
      context.engine.liveView.getLongExposureInfo(input),
    ),
  },
  capture: {
    snap: os.capture.snap.handler(({ context, input, signal }) =>
      context.engine.capture.snap({ ...input, signal }),
    ),
  },
  recording: {
    status: os.recording.status.handler(({ context }) => context.engine.recorder.status ?? null),
    estimate: os.recording.estimate.handler(({ context, input }) => context.engine.recorder.estimate(input)),
    start: os.recording.start.handler(({ context, input }) => context.engine.recorder.start(input)),
    begin: os.recording.begin.handler(({ context }) => context.engine.recorder.begin()),
    stop: os.recording.stop.handler(({ context, input }) => context.engine.recorder.stop(input.id)),
  },
  acquisition: {
    status: os.acquisition.status.handler(({ context }) => context.engine.acquisition.status ?? null),
    estimate: os.acquisition.estimate.handler(({ context, input, signal }) =>
      context.engine.acquisition.estimate(input, signal),
    ),
    start: os.acquisition.start.handler(({ context, input }) => context.engine.acquisition.start(input)),
    pause: os.acquisition.pause.handler(({ context, input }) => context.engine.acquisition.pause(input.id)),
    resume: os.acquisition.resume.handler(({ context, input }) =>
      context.engine.acquisition.resume(input.id),
    ),
    cancel: os.acquisition.cancel.handler(({ context, input }) =>
      context.engine.acquisition.cancel(input.id),
    ),
    events: os.acquisition.events.handler(({ context, signal }) =>
      acquisitionEvents(context.engine.acquisition, signal),
    ),
  },
  plans: {
    read: os.plans.read.handler(({ input }) => readPlanText(input.text)),
    write: os.plans.write.handler(({ input }) => ({ text: writePlanText(input.plan, input.format) })),
    list: os.plans.list.handler(({ context }) => context.engine.plans.list()),
    get: os.plans.get.handler(({ context, input }) => context.engine.plans.get(input.name)),
    save: os.plans.save.handler(({ context, input: { name, plan, replace } }) =>
      context.engine.plans.save(name, plan, { replace }),
    ),
    remove: os.plans.remove.handler(({ context, input }) => context.engine.plans.remove(input.name)),
  },
  gallery: {
    list: os.gallery.list.handler(async ({ context: { engine, caller }, input, signal }) => {
      const { folder, ...page } = await engine.gallery.list(input, signal)
      return mayAct(caller.role, 'owner') && !isGuest(caller.id) ? { ...page, folder } : page
    }),
    open: os.gallery.open.handler(({ context, input, signal }) =>
      context.engine.gallery.open(input.id, signal),
    ),
    plane: os.gallery.plane.handler(async ({ context, input, signal }) => {
      const packet = await context.engine.gallery.plane(input, signal)
      return new Blob([packet], { type: 'application/octet-stream' })
    }),
    section: os.gallery.section.handler(async ({ context, input, signal }) => {
      const packet = await context.engine.gallery.section(input, signal)
      return new Blob([packet], { type: 'application/octet-stream' })
    }),
    frames: os.gallery.frames.handler(async ({ context, input, signal }) => {
      const { records, total } = await context.engine.gallery.frames(input, signal)
      return { records: [...records], total }
    }),
    thumbnail: os.gallery.thumbnail.handler(async ({ context, input, signal }) => {
      const png = await context.engine.gallery.thumbnail(input, signal)
      return new Blob([png], { type: 'image/png' })
    }),
    reveal: os.gallery.reveal.handler(async ({ context, input }) => {
      const { gallery } = context.engine
      const path = await gallery.path(input.id)
      if (context.reveal === undefined) {
        throw new CoverslipError('PROTOCOL_UNAVAILABLE', 'Only the desktop app can show files in a folder', {
          hint: `It is ${input.id} in the data folder of the computer at the microscope.`,
        })
      }
      context.reveal(path)
    }),
    delete: os.gallery.delete.handler(({ context, input }) => context.engine.gallery.delete(input.ids)),
    deleted: os.gallery.deleted.handler(({ context }) => context.engine.gallery.deleted()),
    restore: os.gallery.restore.handler(({ context, input }) => context.engine.gallery.restore(input.keys)),
    removeDeleted: os.gallery.removeDeleted.handler(({ context, input }) =>
      context.engine.gallery.removeDeleted(input.keys),
    ),
  },
  alerts: {
    list: os.alerts.list.handler(({ context }) => context.engine.alerts.list()),
    dismiss: os.alerts.dismiss.handler(({ context, input }) => context.engine.alerts.clear(input.alertId)),
  },
  settings: {
    get: os.settings.get.handler(({ context }) => settingsFor(context)),
    set: os.settings.set.handler(({ context, input }) => {
      const { defaultProtocol } = input
      if (defaultProtocol !== undefined && !context.host.protocols.includes(defaultProtocol)) {
        throw new CoverslipError(
          'PROTOCOL_UNAVAILABLE',
          `defaultProtocol: this version cannot stream by ${defaultProtocol}`,
          {
            hint: `Choose one of ${context.host.protocols.join(', ')}.`,
          },
        )
      }
      context.engine.settings.change(definedOnly(input))
      return settingsFor(context)
    }),
  },
  access: {
    session: os.access.session.handler(({ context: { access, caller } }) => ({
      caller,
      control: controlFor(caller, access.control()),
    })),
    takeControl: os.access.takeControl.handler(({ context: { access, caller } }) => {
      const result = access.takeControl(caller)
      if (result.status === 'granted') return result
      const { holder = result.holder } = controlFor(caller, { holder: result.holder })
      return { ...result, holder }
    }),
    releaseControl: os.access.releaseControl.handler(({ context: { access, caller } }) =>
      controlFor(caller, access.releaseControl(caller)),
    ),
    answerControl: os.access.answerControl.handler(({ context: { access, caller }, input }) =>
      controlFor(caller, access.answerControl(caller, input)),
    ),
    tokens: os.access.tokens.handler(({ context }) => context.access.tokens()),
    createToken: os.access.createToken.handler(async ({ context: { access, share }, input }) => {
      const created = await access.createToken(input)
      return { ...created, links: share.links(created.secret) }
    }),
    revokeToken: os.access.revokeToken.handler(({ context, input }) =>
      context.access.revokeToken(input.tokenId),
    ),
    audit: os.access.audit.handler(({ context, input }) => context.access.audit(input.limit)),
  },
  sharing: {
    state: os.sharing.state.handler(({ context }) => context.share.state()),
    set: os.sharing.set.handler(({ context, input }) => context.share.change(definedOnly(input))),
    publish: os.sharing.publish.handler(({ context, input }) => {
      context.engine.settings.change({ whip: input.whip ?? undefined })
    }),
  },
  viewers: {
    list: os.viewers.list.handler(({ context }) => context.engine.viewers.list()),
    disconnect: os.viewers.disconnect.handler(({ context, input }) =>
      context.engine.viewers.disconnect(input.viewerId),
    ),
  },
  webrtc: {
    offer: os.webrtc.offer.handler(({ context, input }) =>
      answerOffer(context, { action: 'webrtc.offer', offer: input }),
    ),
    addCandidates: os.webrtc.addCandidates.handler(({ context, input }) =>
      context.engine.webrtc.addCandidates(input.sessionId, input.candidates),
    ),
    close: os.webrtc.close.handler(({ context, input }) => context.engine.webrtc.close(input.sessionId)),
  },
})

function settingsFor({ engine, caller }: CallContext): Settings {
  const { settings } = engine.settings
  return caller.role === 'owner' ? settings : withoutSecrets(settings)
}

type Defined<Patch> = { [Key in keyof Patch]?: Exclude<Patch[Key], undefined> }

/** `patch` without fields that are present but undefined. */
function definedOnly<Patch extends object>(patch: Patch): Defined<Patch> {
  return Object.fromEntries(
    Object.entries(patch).filter(([, value]) => value !== undefined),
  ) as Defined<Patch>
}
