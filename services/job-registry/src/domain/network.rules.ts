import type { Network, RunSpec } from '@carillon/contracts';
import { type Problem, problem, within } from './rules.js';

/** How a run joins networks, in Metronome's words (its JobRunSpecMessages and NetworkValidationMessages). */
export function networkProblems(run: RunSpec): Problem[] {
  const { networks } = run;
  const modes = new Set(networks.map(({ mode }) => mode));
  const names = networks.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const all = (message: string) => problem(['networks'], message);
  const problems: Problem[] = [];
  if (modes.size > 1) {
    problems.push(
      all(
        'You may not mix host, container, or container/bridge networking. Only define one kind of network.',
      ),
    );
  }
  if (run.docker === undefined && run.ucr === undefined) {
    if (networks.some(({ mode }) => mode !== 'host')) {
      problems.push(all('Only containers may join container or bridge networks'));
    }
  } else if (run.docker !== undefined && networks.length > 1 && modes.size === 1 && modes.has('container')) {
    problems.push(all('Docker does not allow specification of multiple networks'));
  }
  if (networks.length > 1 && networks.some(({ mode }) => mode !== 'container')) {
    problems.push(all('Only one host or container/bridge network modes are allowed'));
  }
  if (new Set(names).size < names.length) problems.push(all('network names must be unique'));
  return [
    ...problems,
    ...networks.flatMap((network, index) => within(['networks', index], problemsOfOne(network))),
  ];
}

function problemsOfOne({ mode, name, labels }: Network): Problem[] {
  switch (mode) {
    case 'host':
      return [
        ...(name === undefined ? [] : [problem(['name'], 'must be empty for host network')]),
        ...(Object.keys(labels).length === 0 ? [] : [problem(['labels'], 'must be empty for host network')]),
      ];
    case 'container/bridge':
      return name === undefined ? [] : [problem(['name'], 'must be empty for container/bridge networks')];
    case 'container':
      return name === undefined || name === ''
        ? [problem(['name'], 'must not be empty for container networks')]
        : [];
    default:
      return [problem(['mode'], `'${mode}' is not a network mode`)];
  }
}
