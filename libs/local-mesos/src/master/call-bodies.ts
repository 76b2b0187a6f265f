/** What bodies of calls are called, by type. */
export type CallBodies = Readonly<Record<string, string | undefined>>;

/** Why a call without a type, or without the body that its type asks for, is refused, in Mesos's words. */
export function incompleteCall(call: { readonly type: string }, bodies: CallBodies): string | undefined {
  return untyped(call) ?? bodiless(call, bodies);
}

export function untyped({ type }: { readonly type: string }): string | undefined {
  const isUnknown = type === 'UNKNOWN' || type.startsWith('UNRECOGNIZED_');
  return isUnknown ? "Expecting 'type' to be present" : undefined;
}

export function bodiless(call: { readonly type: string }, bodies: CallBodies): string | undefined {
  const body = bodies[call.type];
  if (body === undefined || body in call) return undefined;
  return `Expecting '${body.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}' to be present`;
}
