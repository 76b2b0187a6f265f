import type { LogMessage, Prepared } from '@carillon/event-store';
import type { World } from './world.js';

const textOf = (sql: string | Prepared) => (typeof sql === 'string' ? sql : sql.text);

/** Changes what statements that begin so are given or answered. */
function distort(
  world: World,
  begins: RegExp,
  change: (parameters: readonly unknown[], execute: (parameters: readonly unknown[]) => object[]) => object[],
): void {
  const { server } = world;
  const execute = server.execute.bind(server);
  server.execute = (connection, sql, given) => {
    const parameters = given ?? [];
    if (!begins.test(textOf(sql).trim())) return execute(connection, sql, parameters);
    return change(parameters, (changed) => execute(connection, sql, changed));
  };
}

/** Parts that break their contract, each in a way that one of the guarantees has to bring to light. */
export const SABOTAGE: Readonly<Record<string, (world: World) => void>> = {
  'a log that loses a message now and then': (world) => {
    let messages = 0;
    const append = world.log.append.bind(world.log);
    world.log.append = (message: LogMessage) => {
      messages += 1;
      if (messages % 40 !== 0) append({ ...message, previous: { window: '0', position: '0' } });
    };
  },
  'a relay whose cursor runs ahead': (world) =>
    distort(world, /^UPDATE relay_cursors SET tick/, (parameters, execute) => {
      const [source, tick, position, ...rest] = parameters as [string, string, string, string];
      return execute([source, tick, String(Number(position) + 3), ...rest]);
    }),
  'a database that forgets events it has committed': (world) => {
    const timer = world.server.schema('timer');
    const add = timer.add.bind(timer);
    let events = 0;
    timer.add = (event) => {
      events += 1;
      if (events % 25 !== 0) add(event);
    };
  },
  'a database that tells timers a later time than it is': (world) =>
    distort(world, /^SELECT stream, version, state::text.*SKIP LOCKED/s, (parameters, execute) =>
      execute(parameters).map((row) => ({ ...row, now: world.server.now + 150_000 })),
    ),
  'a Mesos that hands an update on as acknowledged before it was': (world) => {
    const { mesos } = world;
    const update = mesos.update.bind(mesos);
    mesos.update = (frameworkId, status) => {
      update(frameworkId, status);
      const part = world.partOf('framework-1');
      if (part && status.uuid) mesos.observer?.acknowledged(status, part);
    };
  },
};
