/**
 * JSON that PostgreSQL can take apart into text: it has no U+0000 and no lone surrogates, which a task's message may
 * hold; they become U+FFFD.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  return /\\u(0000|d[89a-f])/.test(json) ? JSON.stringify(value, withoutStrangers) : json;
}

const withoutStrangers = (_key: string, value: unknown) =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value;
