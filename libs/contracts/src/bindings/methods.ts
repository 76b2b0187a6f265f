import type { MessageName } from '../codec/registry.js';
import { apiMethods, type Apis } from '../generated/apis.js';
import { defaultDeadlineMs } from './deadline.js';

export type ApiName = keyof Apis;

/** One method of an API, as the bindings need it. */
export interface ApiMethod {
  /** In camelCase, as in the TypeScript interface. */
  readonly name: string;
  /** Of the gRPC call. */
  readonly path: string;
  readonly request: MessageName;
  readonly response: MessageName;
  readonly spanName: string;
  /** Of a call, unless told. */
  readonly deadlineMs: number;
  readonly attributes: { readonly 'rpc.service': string; readonly 'rpc.method': string };
}

type Messages = Pick<ApiMethod, 'request' | 'response'>;

/** 10,000 jobs in one transaction take their time. */
const LONGER: Readonly<Record<string, number>> = { 'JobRegistry/ApplyJobs': 60_000 };

export type Call = (request: unknown) => Promise<unknown>;

/** The methods of an API in the order of their declaration. */
export function methodsOf(api: ApiName): readonly ApiMethod[] {
  const methods: Readonly<Record<string, Messages>> = apiMethods[api];
  return Object.entries(methods).map(([name, messages]) => {
    const wireName = name.charAt(0).toUpperCase() + name.slice(1);
    return {
      name,
      path: `/carillon.v1.${api}/${wireName}`,
      ...messages,
      spanName: `${api}/${wireName}`,
      deadlineMs: LONGER[`${api}/${wireName}`] ?? defaultDeadlineMs,
      attributes: { 'rpc.service': `carillon.v1.${api}`, 'rpc.method': wireName },
    };
  });
}

/** An implementation of the API in which every method is the given function of it. */
export function apiOf<Name extends ApiName>(api: Name, call: (method: ApiMethod) => Call): Apis[Name] {
  const methods = methodsOf(api).map((method) => [method.name, call(method)] as const);
  return Object.fromEntries(methods) as unknown as Apis[Name];
}

/** The method of an implementation, bound to it. */
export function callOf(implementation: object, method: ApiMethod): Call {
  return (request) => (implementation as Record<string, Call>)[method.name]?.(request) ?? refuse(method);
}

const refuse = (method: ApiMethod) => Promise.reject(new Error(`${method.spanName} is not implemented`));
