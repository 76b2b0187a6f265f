import type { Transaction } from '@carillon/event-store';
import type { ReceivedMessage } from '../event-log.js';

/** Handles messages of one partition, in order, with all of their effects in the transaction. */
export type MessageHandler = (tx: Transaction, messages: readonly ReceivedMessage[]) => Promise<void>;
