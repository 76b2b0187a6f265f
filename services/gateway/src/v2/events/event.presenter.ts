import type { RecordedEvent } from '@carillon/contracts';

export const presentEvent = (event: RecordedEvent) => ({
  position: event.position,
  id: event.eventId,
  type: event.type,
  jobId: event.jobId,
  time: new Date(event.time).toISOString(),
  data: JSON.parse(event.dataJson) as Record<string, unknown>,
});
