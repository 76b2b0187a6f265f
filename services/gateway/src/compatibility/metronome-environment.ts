import { metronomeVariables, type Variable } from './metronome-variables.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TranslatedEnvironment {
  /** What to add to the environment; never a name that is set there already (an empty one is not). */
  readonly env: Readonly<Record<string, string>>;
  /** A sentence for every variable that has no effect, naming it and why. */
  readonly warnings: readonly string[];
}

/**
 * The environment of a Metronome (and the flags of Marathon that it shares) as Carillon's. Carillon's own names win over
 * Metronome's, and these over Marathon's. Pure; to be called before any configuration is read.
 */
export function metronomeEnvironment(given: Environment): TranslatedEnvironment {
  const env: Record<string, string> = {};
  const warnings: string[] = [];
  for (const variable of metronomeVariables) {
    const value = given[variable.name];
    // Empty is not set, but for a switch of Marathon's, which is switched on by being there.
    if (value === undefined || (value === '' && !isSwitch(variable))) continue;
    const problem = problemOf(variable, value);
    if (problem !== undefined) {
      warnings.push(`${variable.name} is ignored: ${problem}.`);
    } else if ('carillon' in variable) {
      if (given[variable.carillon] || env[variable.carillon] !== undefined) continue;
      env[variable.carillon] = valueOf(variable, value) ?? value;
    }
  }
  const known = new Set(metronomeVariables.map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (name.startsWith('METRONOME_') && !known.has(name)) {
      warnings.push(`${name} is ignored: Metronome has no such variable.`);
    }
  }
  return { env, warnings };
}

const isSwitch = (variable: Variable) => 'ignored' in variable && variable.name.startsWith('MARATHON_');

function problemOf(variable: Variable, value: string): string | undefined {
  if ('ignored' in variable) return variable.ignored;
  if (valueOf(variable, value) !== undefined) return undefined;
  // The value may be a secret that went astray, so it is not repeated.
  return `its value has no meaning for ${variable.carillon}`;
}

const valueOf = (variable: Extract<Variable, { carillon: string }>, value: string) =>
  variable.convert ? variable.convert(value) : value;
