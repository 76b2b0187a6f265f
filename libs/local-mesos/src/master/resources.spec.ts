import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  contains,
  describe as inWords,
  NO_RESOURCES,
  parseResources,
  type Resources,
  subtract,
} from './resources.js';

const resources: fc.Arbitrary<Resources> = fc
  .record({
    scalars: fc.dictionary(fc.constantFrom('cpus', 'mem', 'disk'), fc.integer({ min: 1, max: 1_000_000 })),
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
  })
  .map(({ scalars, ports }) =>
    add(
      { scalars: new Map(Object.entries(scalars)), ports: [] },
      { scalars: new Map(), ports: ports.map((port) => ({ begin: port, end: port })) },
    ),
  );

function portsOf({ ports }: Resources): number[] {
  return ports.flatMap(({ begin, end }) => Array.from({ length: end - begin + 1 }, (_, n) => begin + n));
}

describe('resources', () => {
  it('a sum contains both, and less one of them is the other', () => {
    fc.assert(
      fc.property(resources, resources, (a, b) => {
        const other = { ...b, ports: subtract(b, { ...NO_RESOURCES, ports: a.ports }).ports };
        const sum = add(a, other);
        expect(contains(sum, a) && contains(sum, other)).toBe(true);
        const left = subtract(sum, a);
        expect(new Map([...left.scalars].sort())).toEqual(new Map([...other.scalars].sort()));
        expect(portsOf(left)).toEqual(portsOf(other));
      }),
    );
  });

  it('thousandths are exact', () => {
    const tenth = parseResources([{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } }]);
    if ('error' in tenth) throw new Error(tenth.error);
    const three = add(add(tenth, tenth), tenth);
    expect(three.scalars.get('cpus')).toBe(300);
    expect(subtract(three, tenth).scalars.get('cpus')).toBe(200);
  });

  it('are refused when negative', () => {
    expect(parseResources([{ name: 'cpus', type: 'SCALAR', scalar: { value: -1 } }])).toHaveProperty('error');
  });

  it("print in Mesos's words", () => {
    const some = { scalars: new Map([['cpus', 3900]]), ports: [{ begin: 31000, end: 32000 }] };
    expect(inWords(some, '*')).toBe('ports(allocated: *):[31000-32000]; cpus(allocated: *):3.9');
  });
});
