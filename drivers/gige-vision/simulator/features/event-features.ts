import { type DeviceEvents, eventKinds } from '../device-events.ts'
import type { CameraDescription } from './camera-description.ts'
import { addEnumeration } from './describe-choices.ts'
import { addIndexed } from './describe-computed.ts'
import { bitOf } from './feature.ts'

/** SFNC 2.7, "Event Control": what the camera tells of its own accord, on the message channel. */
export function addEventFeatures(description: CameraDescription, events: DeviceEvents): void {
  const selector = addEnumeration(description, {
    name: 'EventSelector',
    title: 'Event',
    tip: 'The event to switch on or off.',
    visibility: 'Expert',
    entries: eventKinds.map((name, value) => ({ name, value })),
    selects: ['EventNotification'],
  })
  const enabled = eventKinds.map((kind) =>
    bitOf({
      read: () => events.enabled.has(kind),
      write: (value) => {
        if (value) events.enabled.add(kind)
        else events.enabled.delete(kind)
        return 'success'
      },
    }),
  )
  const notification = addEnumeration(description, {
    name: 'EventNotification',
    title: 'Tell of event',
    tip: 'Whether the camera tells of the selected event.',
    visibility: 'Expert',
    entries: [
      { name: 'Off', value: 0 },
      { name: 'On', value: 1 },
    ],
    value: { node: addIndexed(description, 'EventNotificationRegister', selector, enabled) },
  })
  description.category('EventControl', 'Event Control', 'What the camera tells of its own accord.', [
    selector,
    notification,
  ])
}
