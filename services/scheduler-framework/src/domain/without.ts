/** A copy of the value without these properties. Deleting them from a copy would leave an object that is slow to read. */
export function without<T extends object, K extends PropertyKey>(
  value: T,
  ...keys: readonly K[]
): Omit<T, K> {
  const rest: Partial<T> = {};
  for (const key in value) {
    if (!(keys as readonly PropertyKey[]).includes(key)) rest[key] = value[key];
  }
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    Object.assign(rest, { [symbol]: value[symbol as keyof T] });
  }
  return rest as Omit<T, K>;
}
