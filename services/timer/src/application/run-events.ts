import { decodeEvent, type PublicEvent } from '@carillon/contracts';
import type { ReceivedMessage } from '@carillon/event-log';

type Of<Type extends PublicEvent['type']> = Extract<PublicEvent, { type: Type }>;

/** What the timer hears of runs: that they were let in, were not, or are over. */
export type RunEvent = Of<'RunQueued'> | Of<'RunSkipped'> | Of<'RunEnded'>;

const TYPES = new Set(['carillon.RunQueued', 'carillon.RunSkipped', 'carillon.RunEnded']);

/** Those of the messages; the type in the header spares reading most of them. */
export function runEventsOf(messages: readonly ReceivedMessage[]): RunEvent[] {
  return messages.flatMap((message): RunEvent[] => {
    if (!TYPES.has(message.headers['ce_type'] ?? '')) return [];
    const event = decodeEvent(message);
    switch (event?.type) {
      case 'RunQueued':
      case 'RunSkipped':
      case 'RunEnded':
        return [event];
      default:
        return [];
    }
  });
}
