import type { Prepared } from '@carillon/event-store';
import { consumerStatements } from './consumer.statements.js';
import { eventStoreStatements } from './event-store.statements.js';
import { frameworkStatements } from './framework.statements.js';
import { historyStatements } from './history.statements.js';
import type { Model, Models } from './model.js';
import { registryStatements } from './registry.statements.js';
import { timerStatements } from './timer.statements.js';

const MODELS: Models[number][] = [
  ...eventStoreStatements,
  ...consumerStatements,
  ...registryStatements,
  ...timerStatements,
  ...frameworkStatements,
  ...historyStatements,
];

const known = new Map<string, Model>();

/** Exactly one model must fit: a statement that was changed or is new has to be looked at here as well. */
export function modelOf(sql: string | Prepared): Model {
  const text = typeof sql === 'string' ? sql : sql.text;
  const found = known.get(text);
  if (found) return found;
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  const fitting = MODELS.filter(([pattern]) => pattern.test(plain));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) {
    throw new Error(`${fitting.length} models of test/simulate/statements fit this statement: ${plain}`);
  }
  known.set(text, only[1]);
  return only[1];
}

/** Statements that specs send. */
export function addModels(models: Models): void {
  MODELS.push(...models);
}
