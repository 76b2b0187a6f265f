import type { Unrecognized } from './ids.js';

/** Which agents' offers a role of the framework wants: the master holds back all others (since Mesos 1.10). */
export interface OfferConstraints {
  readonly roleConstraints?: Readonly<Record<string, RoleConstraints>>;
}

/** An agent is offered if it meets every constraint of at least one group. */
export interface RoleConstraints {
  readonly groups: readonly { readonly attributeConstraints: readonly AttributeConstraint[] }[];
}

export interface AttributeConstraint {
  /** Exactly one of the two. */
  readonly selector: {
    readonly pseudoattributeType?: 'UNKNOWN' | 'HOSTNAME' | 'REGION' | 'ZONE' | Unrecognized;
    readonly attributeName?: string;
  };
  /** Exactly one of these. Regular expressions are RE2's. */
  readonly predicate: {
    readonly exists?: Record<string, never>;
    readonly notExists?: Record<string, never>;
    readonly textEquals?: { readonly value: string };
    readonly textNotEquals?: { readonly value: string };
    readonly textMatches?: { readonly regex: string };
    readonly textNotMatches?: { readonly regex: string };
  };
}
