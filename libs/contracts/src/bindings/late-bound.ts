import { unavailable } from '@carillon/event-sourcing';
import type { Apis } from '../generated/apis.js';
import { type ApiName, apiOf, callOf } from './methods.js';

/** An API that is handed out now and bound later: for circles between services composed in one process. */
export interface LateBound<Api> {
  readonly api: Api;
  bind(implementation: Api): void;
}

/** Calls before `bind` are refused as `serviceUnavailable`, as calls of a service that has not started are. */
export function lateBound<Name extends ApiName>(name: Name): LateBound<Apis[Name]> {
  let bound: Apis[Name] | undefined;
  return {
    api: apiOf(name, (method) => (request) => {
      if (bound !== undefined) return callOf(bound, method)(request);
      return Promise.reject(unavailable('serviceUnavailable', `${name} has not started yet`));
    }),
    bind(implementation) {
      bound = implementation;
    },
  };
}
