/** The value without these properties. */
export function without<T extends object, K extends PropertyKey>(
  value: T,
  ...keys: readonly K[]
): Omit<T, K> {
  const rest = { ...value };
  for (const key of keys) Reflect.deleteProperty(rest, key);
  return rest;
}
