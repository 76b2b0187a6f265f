/** More are not shared: hostile input costs time, not memory. */
const MOST = 10_000;
const known = new Map<string, unknown>();

/** The one object for all that are equal to it: what few expressions have costs each only a reference. Never to be changed. */
export function shared<T extends object>(value: T): T {
  const key = JSON.stringify(value);
  const same = known.get(key);
  if (same !== undefined) return same as T;
  if (known.size < MOST) known.set(key, value);
  return value;
}
