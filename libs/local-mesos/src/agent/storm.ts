const GATHER_MS = 25;
const STORM = 50;
const STORM_GATHER_MS = 250;

/**
 * How long word of starts and ends is gathered before it is told on. Starts go before telling of them: while many
 * commands wait to be started, all that follows from word of the others would compete with the starts.
 */
export const gatherMs = (starting: number): number => (starting > STORM ? STORM_GATHER_MS : GATHER_MS);
