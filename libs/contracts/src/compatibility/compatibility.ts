/** What others rely on: names, numbers and types, as text. Committed in compat/, compared at each change. */
export interface ContractSnapshot {
  /** Message → field number → `name: type`, such as `revision: int32` or `labels: map<string, string>`. */
  readonly messages: Names<Names>;
  /** Enum → number → member. */
  readonly enums: Names<Names>;
  /** API → method → `(Request) → Response`. */
  readonly apis: Names<Names>;
  /** Public event → topic. */
  readonly events: Names;
}

type Names<Value = string> = Readonly<Record<string, Value>>;

/**
 * What the change from one snapshot to the next takes away from those who read or write by the former: each removed,
 * renamed, renumbered or retyped part, and each field that messages written before cannot have. Additions are none.
 */
export function breakingChanges(before: ContractSnapshot, after: ContractSnapshot): string[] {
  return [
    ...partsChanged('message', before.messages, after.messages, 'field'),
    ...requiredAdded(before.messages, after.messages),
    ...partsChanged('enum', before.enums, after.enums, 'member'),
    ...partsChanged('API', before.apis, after.apis, 'method'),
    ...changed('public event', before.events, after.events),
  ];
}

function partsChanged(what: string, before: Names<Names>, after: Names<Names>, part: string): string[] {
  return Object.entries(before).flatMap(([name, parts]) => {
    const now = after[name];
    if (now === undefined) return [`${what} ${name} was removed`];
    return changed(`${what} ${name}: ${part}`, parts, now);
  });
}

function changed(what: string, before: Names, after: Names): string[] {
  return Object.entries(before).flatMap(([key, was]) => {
    const is = after[key];
    if (is === undefined) return [`${what} ${key} (${was}) was removed`];
    return is === was ? [] : [`${what} ${key} was ${was} and is ${is}`];
  });
}

function requiredAdded(before: Names<Names>, after: Names<Names>): string[] {
  return Object.entries(before).flatMap(([message, fields]) =>
    Object.entries(after[message] ?? {})
      .filter(([number, field]) => fields[number] === undefined && field.includes(': required '))
      .map(([number, field]) => `message ${message}: field ${number} (${field}) is new and required`),
  );
}
