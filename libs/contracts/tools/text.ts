export const header = '// Generated from proto/carillon/v1/*.proto by tools/generate.ts. Do not edit.\n';

/** A doc comment, or nothing. */
export function doc(comment: string | null, indent = ''): string {
  if (!comment) return '';
  const lines = comment.split('\n');
  if (lines.length === 1) return `${indent}/** ${comment} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
