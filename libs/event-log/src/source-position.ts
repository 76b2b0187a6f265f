import { compareSourcePositions, type SourcePosition } from '@carillon/event-store';

/** Before everything that a source publishes. */
export const BEGINNING: SourcePosition = { window: '0', position: '0' };

/** Whether `position` is later than `than`; everything is later than nothing. */
export function isLater(position: SourcePosition, than: SourcePosition | undefined): boolean {
  return than === undefined || compareSourcePositions(position, than) > 0;
}

export function sameSourcePosition(a: SourcePosition, b: SourcePosition): boolean {
  return a.window === b.window && a.position === b.position;
}
