import type { Loop } from '@carillon/service-runtime';

export interface RebuildPorts {
  readonly consumer: Loop & { caughtUp(): Promise<void> };
  /** Empties the projections and forgets the consumer's places. */
  readonly forget: () => Promise<void>;
}

/**
 * Drops everything that was remembered and builds it again from the events of their owners. Needs the only instance.
 * Returns when history has caught up; the consumer goes on afterwards.
 */
export async function rebuildHistory({ consumer, forget }: RebuildPorts): Promise<void> {
  await consumer.stop();
  await forget();
  consumer.start();
  await consumer.caughtUp();
}
