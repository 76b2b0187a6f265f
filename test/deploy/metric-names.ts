import { readFileSync } from 'node:fs';

const folder = new URL('../../deploy/', import.meta.url);

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

/** A PromQL expression with the place in deploy/ where it stands. */
export interface Query {
  readonly place: string;
  readonly expression: string;
}

/** Every query of the dashboard and of the alerts. */
export function deployedQueries(): Query[] {
  return [...dashboardQueries(), ...alertQueries()];
}

/**
 * Queries that ask for metrics which none of these /metrics texts has, one line each: to be called with the texts of
 * all services after some runs. `up` is Prometheus' own.
 */
export function missingMetrics(metricsTexts: readonly string[]): string[] {
  const there = new Set(['up', ...metricsTexts.flatMap(seriesNames)]);
  return deployedQueries().flatMap(({ place, expression }) =>
    metricNamesOf(expression)
      .filter((name) => !there.has(name))
      .map((name) => `${place}: ${name}`),
  );
}

/** The metrics that a PromQL expression asks for. */
export function metricNamesOf(expression: string): string[] {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = bare.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)\b(?!\s*\()/g);
  const names = Array.from(words, (match) => match[1] ?? '').filter((word) => !KEYWORDS.has(word));
  return [...new Set(names)];
}

const KEYWORDS = new Set(['and', 'or', 'unless', 'offset', 'bool', 'by', 'without', 'inf', 'nan']);

function seriesNames(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => /^[\w:]+/.exec(line)?.[0] ?? '');
}

function dashboardQueries(): Query[] {
  const file = 'grafana/dashboards/overview.json';
  const { panels } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Dashboard;
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ place: `dashboard, ${title}`, expression: expr })),
  );
}

/** Each `expr` of the rules is one line. */
function alertQueries(): Query[] {
  const text = readFileSync(new URL('prometheus/alerts.yml', folder), 'utf8');
  return Array.from(text.matchAll(/- alert: (\w+)\n\s+expr: (.+)/g), ([, alert = '', expression = '']) => ({
    place: `alert ${alert}`,
    expression,
  }));
}
