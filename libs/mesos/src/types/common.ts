/** Nanoseconds since the epoch as decimal digits: they exceed what a double can hold. */
export interface TimeInfo {
  readonly nanoseconds: string;
}

export interface DurationInfo {
  readonly nanoseconds: number;
}

export interface Label {
  readonly key: string;
  readonly value?: string;
}

export interface Labels {
  readonly labels: readonly Label[];
}

export interface Parameter {
  readonly key: string;
  readonly value: string;
}

export interface Address {
  readonly hostname?: string;
  readonly ip?: string;
  readonly port: number;
}

export interface Url {
  readonly scheme: string;
  readonly address: Address;
  readonly path?: string;
  readonly query?: readonly Parameter[];
  readonly fragment?: string;
}

export interface Unavailability {
  readonly start: TimeInfo;
  readonly duration?: DurationInfo;
}

export interface DomainInfo {
  readonly faultDomain?: {
    readonly region: { readonly name: string };
    readonly zone: { readonly name: string };
  };
}

export interface Secret {
  readonly type?: 'UNKNOWN' | 'REFERENCE' | 'VALUE';
  readonly reference?: { readonly name: string; readonly key?: string };
  readonly value?: { readonly data: Uint8Array };
}
