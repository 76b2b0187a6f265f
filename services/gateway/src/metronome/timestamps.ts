import { isoInstant } from '../iso-instant.js';

/** An instant as Metronome writes it, in UTC: `2016-07-15T13:02:59.735+0000`. Its clients parse nothing else. */
export const timestamp = (instant: number) => `${isoInstant(instant).slice(0, -1)}+0000`;
