import { type DeviceEvents, eventKinds } from '../device-events.ts'
import type { CameraDescription } from './camera-description.ts'
import { bitOf } from './feature.ts'

/** SFNC 2.7, "Event Control": what the camera tells of its own accord, on the message channel. */
export function addEventFeatures(description: CameraDescription, events: DeviceEvents): void {
  const selector = description.enumeration({
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
  const notification = description.enumeration({
    name: 'EventNotification',
    title: 'Tell of event',
    tip: 'Whether the camera tells of the selected event.',
    visibility: 'Expert',
    entries: [
      { name: 'Off', value: 0 },
      { name: 'On', value: 1 },
    ],
    value: { node: description.indexed('EventNotificationRegister', selector, enabled) },
  })
  description.category('EventControl', 'Event Control', 'What the camera tells of its own accord.', [
    selector,
    notification,
  ])
}
