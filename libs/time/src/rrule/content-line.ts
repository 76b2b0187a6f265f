/** One line of iCalendar (RFC 5545 section 3.1), unfolded: `NAME;PARAM=value:value`. */
export interface ContentLine {
  readonly name: string;
  readonly params: ReadonlyMap<string, string>;
  readonly value: string;
}

/** The lines of a text; one that is none has an empty name. Names and parameters' names are in capitals. */
export function contentLines(text: string): ContentLine[] {
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(contentLine);
}

function contentLine(line: string): ContentLine {
  const [, name, paramText, value] =
    /^([A-Za-z0-9-]+)((?:;[^;:="]+=(?:"[^"]*"|[^";:]*))*):(.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return { name: '', params: new Map(), value: line };
  const params = new Map<string, string>();
  for (const [, key = '', quoted, plain] of (paramText ?? '').matchAll(/;([^=]+)=(?:"([^"]*)"|([^";:]*))/g)) {
    params.set(key.toUpperCase(), quoted ?? plain ?? '');
  }
  return { name: name.toUpperCase(), params, value: value.trim() };
}
