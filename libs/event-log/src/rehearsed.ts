import type { LogMessage, OutgoingMessage } from '@carillon/event-store';

/** Messages as their source would publish them for the first time. */
export const rehearsed = (messages: readonly OutgoingMessage[]): LogMessage[] =>
  messages.map((message, index) => ({
    ...message,
    source: 'rehearsal',
    sourcePosition: { window: '1', position: String(index + 1) },
  }));
