/** The category of the streams of clocks. */
export const CLOCK = 'clock';

export const streamOf = (uid: string): string => `${CLOCK}-${uid}`;
export const uidOf = (stream: string): string => stream.slice(CLOCK.length + 1);
