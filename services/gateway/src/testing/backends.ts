import type { Backends } from '../application/backends.js';

type Parts = { readonly [Name in keyof Backends]?: Partial<Backends[Name]> };

/** Backends of which only what a spec needs is there; a call to anything else fails loudly. */
export function someBackends(parts: Parts): Backends {
  const whole = (name: keyof Backends) =>
    new Proxy(parts[name] ?? {}, {
      get(api, method) {
        const found: unknown = Reflect.get(api, method);
        return found ?? (() => Promise.reject(new Error(`${name}.${String(method)} was not expected`)));
      },
    });
  return {
    registry: whole('registry') as Backends['registry'],
    framework: whole('framework') as Backends['framework'],
    history: whole('history') as Backends['history'],
    timer: whole('timer') as Backends['timer'],
  };
}
