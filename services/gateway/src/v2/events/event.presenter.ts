import type { RecordedEvent } from '@carillon/contracts';
import { isoInstant } from '../../iso-instant.js';

export const presentEvent = (event: RecordedEvent) => ({
  position: event.position,
  id: event.eventId,
  type: event.type,
  jobId: event.jobId,
  time: isoInstant(event.time),
  data: JSON.parse(event.dataJson) as Record<string, unknown>,
});
