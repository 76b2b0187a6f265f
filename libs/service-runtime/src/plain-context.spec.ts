import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeContext, ROOT } from './plain-context.js';

const keys = ['a', 'b', 'c'].map((name) => createContextKey(name));
const step = fc.record({ key: fc.constantFrom(...keys), value: fc.option(fc.integer(), { nil: undefined }) });

describe('PlainContext', () => {
  it('holds what OpenTelemetry’s own holds, and changes no context that is there', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const pairs: [Context, Context][] = [[ROOT, ROOT_CONTEXT]];
        for (const { key, value } of steps) {
          const [plain, own] = pairs.at(-1) ?? [ROOT, ROOT_CONTEXT];
          const next = (before: Context) =>
            value === undefined ? before.deleteValue(key) : before.setValue(key, value);
          pairs.push([next(plain), next(own)]);
        }
        const values = (of: Context) => keys.map((key) => of.getValue(key));
        for (const [plain, own] of pairs) expect(values(plain)).toEqual(values(own));
      }),
    );
  });

  it('keeps nothing of a value that another one took the place of', () => {
    const [a, b] = keys as [symbol, symbol];
    const first = ROOT.setValue(a, 1).setValue(b, 2);
    expect(first.setValue(a, 3).deleteValue(a).deleteValue(b)).toBe(ROOT);
  });

  it('is in force where nothing else is', () => {
    expect(activeContext()).toBe(ROOT);
    expect(context.active()).toBe(ROOT_CONTEXT);
  });
});
