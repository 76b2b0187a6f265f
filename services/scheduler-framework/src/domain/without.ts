/** The value without these properties. */
export function without<T extends object, K extends PropertyKey>(
  value: T,
  ...keys: readonly K[]
): Omit<T, K> {
  const gone = new Set<string>(keys.map(String));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !gone.has(key))) as Omit<T, K>;
}
