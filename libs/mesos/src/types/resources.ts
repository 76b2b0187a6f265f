import type { ResourceProviderId, Unrecognized } from './ids.js';
import type { Labels } from './common.js';
import type { Volume } from './containers.js';

export type ValueType = 'SCALAR' | 'RANGES' | 'SET' | 'TEXT';

export interface Scalar {
  readonly value: number;
}

/** Both ends are included. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface Ranges {
  readonly range: readonly Range[];
}

export interface Attribute {
  readonly name: string;
  readonly type: ValueType | Unrecognized;
  readonly scalar?: Scalar;
  readonly ranges?: Ranges;
  readonly set?: { readonly item: readonly string[] };
  readonly text?: { readonly value: string };
}

export interface ReservationInfo {
  readonly type?: 'UNKNOWN' | 'STATIC' | 'DYNAMIC' | Unrecognized;
  readonly role?: string;
  readonly principal?: string;
  readonly labels?: Labels;
}

export interface DiskSource {
  readonly type: 'UNKNOWN' | 'PATH' | 'MOUNT' | 'BLOCK' | 'RAW' | Unrecognized;
  readonly path?: { readonly root?: string };
  readonly mount?: { readonly root?: string };
  readonly vendor?: string;
  readonly id?: string;
  readonly metadata?: Labels;
  readonly profile?: string;
}

export interface DiskInfo {
  readonly persistence?: { readonly id: string; readonly principal?: string };
  readonly volume?: Volume;
  readonly source?: DiskSource;
}

export interface AllocationInfo {
  readonly role?: string;
}

export interface Resource {
  readonly providerId?: ResourceProviderId;
  readonly name: string;
  readonly type: ValueType | Unrecognized;
  readonly scalar?: Scalar;
  readonly ranges?: Ranges;
  readonly set?: { readonly item: readonly string[] };
  readonly role?: string;
  readonly allocationInfo?: AllocationInfo;
  readonly reservation?: ReservationInfo;
  readonly reservations?: readonly ReservationInfo[];
  readonly disk?: DiskInfo;
  readonly revocable?: Record<string, never>;
  readonly shared?: Record<string, never>;
}
