import ts from 'typescript';

const TESTS = new Set(['test', 'it']);

/**
 * The titles of the tests in a TypeScript file, each behind those of the `describe`s around it, with " › " between. Of
 * `test.each` one title for each row that is written out. Tests that are skipped or to be written are none.
 */
export function testTitles(source: string): string[] {
  const file = ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest, true);
  const titles: string[] = [];
  const visit = (node: ts.Node, around: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? titledCall(node) : undefined;
    if (call?.kind === 'skipped') return;
    if (call?.kind === 'describe') around = [...around, ...call.titles.slice(0, 1)];
    if (call?.kind === 'test') titles.push(...call.titles.map((title) => [...around, title].join(' › ')));
    node.forEachChild((child) => visit(child, around));
  };
  visit(file, []);
  return titles;
}

/** `test('…', …)`, `describe.each(…)('…', …)` and the like. */
function titledCall(
  node: ts.CallExpression,
): { kind: 'test' | 'describe' | 'skipped'; titles: string[] } | undefined {
  const [first] = node.arguments;
  if (first === undefined || !ts.isStringLiteralLike(first)) return undefined;
  const each = ts.isCallExpression(node.expression) ? node.expression : undefined;
  const words = (each?.expression ?? node.expression).getText().split('.');
  const [name = '', ...modifiers] = words;
  const kind = name === 'describe' ? 'describe' : TESTS.has(name) ? 'test' : undefined;
  if (kind === undefined) return undefined;
  if (modifiers.includes('skip') || modifiers.includes('todo')) return { kind: 'skipped', titles: [] };
  const table = each?.arguments[0];
  if (!modifiers.includes('each') || !table) return { kind, titles: [first.text] };
  return { kind, titles: rowsOf(table).map((row) => filled(first.text, row)) };
}

function rowsOf(table: ts.Expression): string[][] {
  const literal = ts.isAsExpression(table) ? table.expression : table;
  if (!ts.isArrayLiteralExpression(literal)) return [[]];
  return literal.elements.map((row) =>
    (ts.isArrayLiteralExpression(row) ? [...row.elements] : [row]).map((cell) =>
      ts.isStringLiteralLike(cell) ? cell.text : cell.getText(),
    ),
  );
}

function filled(template: string, row: readonly string[]): string {
  let next = 0;
  return template.replaceAll(/%[sjid]/g, (placeholder) => row[next++] ?? placeholder);
}
