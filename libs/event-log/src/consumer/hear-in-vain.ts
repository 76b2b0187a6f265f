import { randomUUID } from 'node:crypto';
import { type Database, type OutgoingMessage, rolledBack } from '@carillon/event-store';
import type { ReceivedMessage } from '../event-log.js';
import { rehearsed } from '../rehearsed.js';
import { Applier } from './applier.js';
import type { MessageHandler } from './message-handler.js';

/**
 * Handles messages of one topic as a consumer does, in one transaction with its place, and takes all of that back. For
 * rehearsals: the handler must write by its transaction only.
 */
export async function hearInVain(
  database: Database,
  handle: MessageHandler,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const [first] = messages;
  if (!first) return;
  const received = rehearsed(messages).map((message, index): ReceivedMessage => {
    return { ...message, partition: 0, offset: String(index) };
  });
  const applier = new Applier({ name: `rehearsal ${randomUUID()}`, database: rolledBack(database), handle });
  const partition = { topic: first.topic, partition: 0, progress: new Map() };
  await applier.apply(partition, received, AbortSignal.timeout(LONGEST_MS));
}

const LONGEST_MS = 5_000;
