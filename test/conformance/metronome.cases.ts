import { afterAll, describe } from 'vitest';
import { clientCases } from './client.cases.js';
import { applicationCases } from './metronome.application.cases.js';
import { MetronomeClient } from './metronome.client.js';
import { clientsOfMetronomeCases } from './metronome.clients.cases.js';
import { differenceCases } from './metronome.differences.cases.js';
import { eventCases } from './metronome.events.cases.js';
import { jobCases } from './metronome.jobs.cases.js';
import { runCases } from './metronome.runs.cases.js';
import { scheduleCases } from './metronome.schedules.cases.js';
import { v0Cases } from './metronome.v0.cases.js';
import { v2Cases } from './v2.cases.js';
import { v2ChangeCases } from './v2.changes.cases.js';
import { v2TimerCases } from './v2.timer.cases.js';

/**
 * Metronome's API as its clients know it, on whatever shape of Carillon answers at the URL. Jobs have ids of their own, so
 * the shape may be in use; commands are `true`, `exit 3` and `sleep 300`.
 */
export function metronomeCases(apiUrl: () => string, { timer = true }: { timer?: boolean } = {}): void {
  describe("Metronome's API", () => {
    const api = new MetronomeClient(apiUrl);
    afterAll(() => api.clean());
    applicationCases(api);
    jobCases(api);
    v0Cases(api);
    scheduleCases(api);
    runCases(api);
    clientsOfMetronomeCases(api);
    differenceCases(api);
    eventCases(api, apiUrl);
    v2Cases(api);
    v2ChangeCases(api);
    clientCases(api, apiUrl);
    if (timer) v2TimerCases(api);
  });
}
