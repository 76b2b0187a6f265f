export { connectTimerDatabase } from './adapters/postgres/timer-database.js';
export { type TimerConfig, timerConfigSchema, timerRetention } from './timer.config.js';
export {
  TIMER_API,
  TIMER_DATABASE,
  TIMER_DEAD_LETTERS,
  TIMER_EVENT_SOURCE,
  TimerModule,
  type TimerOptions,
} from './timer.module.js';
export { nextDueAt } from './domain/armed-schedule.js';
export { clock } from './domain/clock.decide.js';
export { TimerLoop } from './application/timer-loop.js';
export { timerOf, timerParts, type TimerParts } from './timer-parts.js';
export { backfill } from './domain/backfill/backfill.decide.js';
export { workflow } from './domain/workflow/workflow.decide.js';
export { rehearsedClocks } from './rehearse-clocks.js';
