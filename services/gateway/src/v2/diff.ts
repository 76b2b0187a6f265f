/** One place in which two JSON values differ. A side that is not there is absent. */
export interface Difference {
  /** RFC 6901. */
  readonly pointer: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Where `after` differs from `before`, by place. Items of lists are compared by their `id` or `name`, else by place. */
export function differences(before: unknown, after: unknown, at = ''): Difference[] {
  if (Object.is(before, after)) return [];
  const [left, right] = [membersOf(before), membersOf(after)];
  if (!left || !right || Array.isArray(before) !== Array.isArray(after)) {
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return [
      {
        pointer: at,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ];
  }
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) =>
    differences(left.get(name), right.get(name), `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

function membersOf(value: unknown): Map<string, unknown> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const items = value as unknown[];
  const keys = items.map(keyOf);
  const named = keys.every((key) => key !== undefined) && new Set(keys).size === keys.length;
  return new Map(items.map((item, index) => [(named ? keys[index] : undefined) ?? String(index), item]));
}

function keyOf(item: unknown): string | undefined {
  if (item === null || typeof item !== 'object') return undefined;
  const { id, name } = item as { id?: unknown; name?: unknown };
  const key = id ?? name;
  return typeof key === 'string' ? key : undefined;
}
