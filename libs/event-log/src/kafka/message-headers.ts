import type { LogMessage, SourcePosition } from '@carillon/event-store';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { ReceivedMessage } from '../event-log.js';

// Kafka has no field of its own for these, so they travel beside the CloudEvents headers.
const SOURCE = 'carillon-source';
const POSITION = 'carillon-position';
const PREVIOUS = 'carillon-previous';

export function toHeaders(message: LogMessage): IHeaders {
  const { previous } = message;
  return {
    ...message.headers,
    [SOURCE]: message.source,
    [POSITION]: written(message.sourcePosition),
    ...(previous ? { [PREVIOUS]: written(previous) } : {}),
  };
}

/** Undefined for a message that no relay of Carillon published. */
export function toReceived(
  topic: string,
  partition: number,
  message: KafkaMessage,
): ReceivedMessage | undefined {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) headers[name] = String(value);
  const { [SOURCE]: source, [POSITION]: position, [PREVIOUS]: previous, ...own } = headers;
  const sourcePosition = read(position);
  const before = read(previous);
  if (!source || source.includes('\0') || !sourcePosition || (previous !== undefined && !before))
    return undefined;
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? '',
    headers: own,
    value: message.value ?? Buffer.alloc(0),
    source,
    sourcePosition,
    ...(before ? { previous: before } : {}),
  };
}

const written = ({ window, position }: SourcePosition) => `${window}/${position}`;

/** Undefined for what `written` does not write. */
function read(text = ''): SourcePosition | undefined {
  const [, window, position] = /^(0|[1-9]\d{0,17})\/(0|[1-9]\d{0,17})$/.exec(text) ?? [];
  return window === undefined || position === undefined ? undefined : { window, position };
}
