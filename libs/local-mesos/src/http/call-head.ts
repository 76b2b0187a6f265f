import type { IncomingMessage } from 'node:http';
import type { WireFormat } from '@carillon/mesos';

interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

const FORMATS: Readonly<Record<string, WireFormat>> = {
  'application/json': 'json',
  'application/x-protobuf': 'protobuf',
};

/** The checks that all v1 APIs make before they read the body. */
export function refuseHead({ method = '', headers }: IncomingMessage): Refusal | undefined {
  if (method !== 'POST') {
    const body = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
    return { status: 405, body, headers: { allow: 'POST' } };
  }
  if (headers['content-type'] === undefined) {
    return { status: 400, body: "Expecting 'Content-Type' to be present" };
  }
  if (contentFormat(headers['content-type']) === undefined) {
    const body = "Expecting 'Content-Type' of application/json or application/x-protobuf";
    return { status: 415, body };
  }
  if (acceptedFormat(headers.accept) === undefined) {
    const body = "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'";
    return { status: 406, body };
  }
  return undefined;
}

export function contentFormat(contentType: string | undefined): WireFormat | undefined {
  return FORMATS[contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''];
}

/** Mesos's order: JSON if everything is accepted. */
export function acceptedFormat(accept: string | undefined): WireFormat | undefined {
  if (accept === undefined) return 'json';
  const types = accept.split(',').map((entry) => entry.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  if (types.some((type) => type === '*/*' || type === 'application/*')) return 'json';
  const found = Object.keys(FORMATS).find((type) => types.includes(type));
  return found === undefined ? undefined : FORMATS[found];
}

/** What Mesos says of a body that cannot be decoded. */
export function unreadable(format: WireFormat, error: unknown): string {
  const what =
    format === 'protobuf'
      ? 'Failed to parse body into Call protobuf'
      : error instanceof SyntaxError
        ? 'Failed to parse body into JSON'
        : 'Failed to convert JSON into Call protobuf';
  return `${what}: ${error instanceof Error ? error.message : String(error)}`;
}
