/** As libs/event-store hands arrays to the driver: as text of PostgreSQL, or as they are. */
export function arrayOf<T>(given: unknown): readonly T[] {
  if (typeof given !== 'string') return given as T[];
  if (!given.includes('\\')) {
    // Without escapes no element holds a quote: these part them.
    const elements = given.slice(2, -2).split('","');
    if (given.startsWith('{"') && !elements.some((element) => element.includes('"'))) return elements as T[];
    if (/^\{[\d,]+\}$/.test(given)) return given.slice(1, -1).split(',').map(Number) as T[];
  }
  return Array.from(given.matchAll(ELEMENT), ([, quoted, plain = '']) => {
    if (quoted !== undefined) return quoted.replaceAll(ESCAPED, '$1') as T;
    return (plain === 'NULL' ? null : Number(plain)) as T;
  });
}

const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs;
const ESCAPED = /\\(.)/gs;

const LINE_BREAK = 10;

/** JSON documents one to a line, each a string of its own, for a part of a larger one keeps all of that. */
export function linesOf(given: unknown): string[] {
  const bytes = given as Buffer;
  const lines: string[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const found = bytes.indexOf(LINE_BREAK, from);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.toString('utf8', from, end));
    from = end + 1;
  }
  return lines;
}
