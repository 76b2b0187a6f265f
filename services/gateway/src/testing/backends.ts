import type { DeadLettersApi } from '@carillon/contracts';
import type { Backends, ConsumingService } from '../application/backends.js';

type Apis = Omit<Backends, 'deadLetters'>;
type Parts = { readonly [Name in keyof Apis]?: Partial<Apis[Name]> } & {
  readonly deadLetters?: Partial<Record<ConsumingService, Partial<DeadLettersApi>>>;
};

/** Backends of which only what a spec needs is there; a call to anything else fails loudly. */
export function someBackends(parts: Parts): Backends {
  const whole = (name: string, part: object = {}) =>
    new Proxy(part, {
      get(api, method) {
        const found: unknown = Reflect.get(api, method);
        return found ?? (() => Promise.reject(new Error(`${name}.${String(method)} was not expected`)));
      },
    });
  const deadLetters = (service: ConsumingService) =>
    whole(`dead letters of ${service}`, parts.deadLetters?.[service]) as DeadLettersApi;
  return {
    registry: whole('registry', parts.registry) as Backends['registry'],
    framework: whole('framework', parts.framework) as Backends['framework'],
    history: whole('history', parts.history) as Backends['history'],
    timer: whole('timer', parts.timer) as Backends['timer'],
    deadLetters: {
      timer: deadLetters('timer'),
      'scheduler-framework': deadLetters('scheduler-framework'),
      history: deadLetters('history'),
    },
  };
}
