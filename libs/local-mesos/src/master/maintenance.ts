import type {
  Event,
  InverseOffer,
  MachineId,
  MaintenanceSchedule,
  MaintenanceStatus,
  Unavailability,
} from '@carillon/mesos';
import type { AgentNode } from '../agent/agent-node.js';
import type { Offers } from './offers.js';
import type { Member, Registry } from './registry.js';

export interface MaintenanceOptions {
  readonly registry: Registry;
  readonly offers: Offers;
  /** Frameworks that have tasks or offers on the agent. */
  frameworksOn(agentId: string): Iterable<string>;
  send(frameworkId: string, event: Event): void;
  takeDown(member: Member): void;
  allocate(): void;
}

interface Out {
  readonly frameworkId: string;
  readonly agentId: string;
}

interface Answer {
  readonly status: 'ACCEPT' | 'DECLINE';
  readonly at: number;
  /** No further inverse offer before, on the monotonic clock. */
  readonly until: number;
}

const DEFAULT_REFUSE_SECONDS = 5;

/** Schedules of maintenance, and the inverse offers that ask frameworks to leave in time. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #out = new Map<string, Out>();
  /** By agent and framework. */
  readonly #answers = new Map<string, Map<string, Answer>>();

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** Undefined, or Mesos's words for what is wrong. */
  schedule(schedule: MaintenanceSchedule): string | undefined {
    const { registry } = this.#options;
    const machines = schedule.windows.flatMap(({ machineIds }) => machineIds);
    if (schedule.windows.some(({ machineIds }) => machineIds.length === 0)) {
      return 'List of machines in the maintenance window is empty';
    }
    const seen = new Set<string>();
    for (const machine of machines) {
      if (isNameless(machine)) return "Both 'hostname' and 'ip' for a machine are empty";
      if (seen.has(keyOf(machine)))
        return `Machine '${shown(machine)}' appears more than once in the schedule`;
      seen.add(keyOf(machine));
    }
    for (const [key, machine] of registry.down) {
      if (!seen.has(key)) {
        return `Machine '${shown(machine)}' is deactivated and cannot be removed from the schedule`;
      }
    }
    const before = registry.schedule;
    registry.schedule = schedule;
    const changed = new Set([...before.windows, ...schedule.windows].flatMap((w) => w.machineIds.map(keyOf)));
    for (const { node } of registry.members.values()) if (changed.has(keyOf(node))) this.#restart(node.id);
    this.#options.allocate();
    return undefined;
  }

  start(machines: readonly MachineId[]): string | undefined {
    const { registry } = this.#options;
    const wrong = machines.length === 0 ? 'List of machines is empty' : undefined;
    const unknown = machines.find((machine) => this.#windowOf(keyOf(machine)) === undefined);
    if (wrong !== undefined || unknown !== undefined) {
      return wrong ?? `Machine '${shown(unknown ?? {})}' is not part of a maintenance schedule`;
    }
    for (const machine of machines) {
      const key = keyOf(machine);
      registry.down.set(key, machine);
      for (const member of registry.members.values()) {
        if (keyOf(member.node) === key && member.membership !== 'gone') {
          this.#options.takeDown(member);
          this.forgetAgent(member.node.id);
        }
      }
    }
    return undefined;
  }

  stop(machines: readonly MachineId[]): string | undefined {
    const { registry } = this.#options;
    if (machines.length === 0) return 'List of machines is empty';
    const notDown = machines.find((machine) => !registry.down.has(keyOf(machine)));
    if (notDown !== undefined) {
      return `Machine '${shown(notDown)}' is not in DOWN mode and cannot be brought up`;
    }
    const up = new Set(machines.map(keyOf));
    for (const key of up) registry.down.delete(key);
    for (const member of registry.members.values()) {
      if (up.has(keyOf(member.node)) && member.membership === 'down') member.membership = 'recovered';
    }
    registry.schedule = {
      windows: registry.schedule.windows
        .map((window) => ({ ...window, machineIds: window.machineIds.filter((m) => !up.has(keyOf(m))) }))
        .filter(({ machineIds }) => machineIds.length > 0),
    };
    return undefined;
  }

  status(): MaintenanceStatus {
    const { registry } = this.#options;
    const draining = registry.schedule.windows
      .flatMap(({ machineIds }) => machineIds)
      .filter((machine) => !registry.down.has(keyOf(machine)))
      .map((id) => ({ id, statuses: [...this.#answersFor(keyOf(id))] }));
    return { drainingMachines: draining, downMachines: [...registry.down.values()] };
  }

  unavailabilityOf(node: AgentNode): Unavailability | undefined {
    return this.#windowOf(keyOf(node))?.unavailability;
  }

  /** Inverse offers to those who do not have one out, and have not answered for now. */
  offer(now: number): void {
    const { registry, offers } = this.#options;
    if (registry.schedule.windows.length === 0) return;
    for (const { node, membership } of registry.members.values()) {
      const unavailability = membership === 'active' ? this.unavailabilityOf(node) : undefined;
      if (unavailability === undefined) continue;
      for (const frameworkId of this.#options.frameworksOn(node.id)) {
        const isOut = [...this.#out.values()].some(
          (out) => out.frameworkId === frameworkId && out.agentId === node.id,
        );
        const until = this.#answers.get(node.id)?.get(frameworkId)?.until ?? 0;
        if (isOut || now < until) continue;
        const id = offers.nextId();
        this.#out.set(id, { frameworkId, agentId: node.id });
        const inverseOffers = [inverseOffer(id, frameworkId, node, unavailability)];
        this.#options.send(frameworkId, { type: 'INVERSE_OFFERS', inverseOffers: { inverseOffers } });
      }
    }
  }

  answer(
    frameworkId: string,
    ids: readonly string[],
    status: Answer['status'],
    refuseSeconds?: number,
  ): void {
    for (const id of ids) {
      const out = this.#out.get(id);
      if (out?.frameworkId !== frameworkId) continue;
      this.#out.delete(id);
      const until = performance.now() + Math.max(0, refuseSeconds ?? DEFAULT_REFUSE_SECONDS) * 1000;
      const answers = this.#answers.get(out.agentId) ?? new Map<string, Answer>();
      this.#answers.set(out.agentId, answers.set(frameworkId, { status, at: Date.now(), until }));
    }
  }

  /** Rescinds what is out for the agent. */
  forgetAgent(agentId: string): void {
    for (const [id, out] of this.#out) {
      if (out.agentId !== agentId) continue;
      this.#out.delete(id);
      const rescindInverseOffer = { inverseOfferId: { value: id } };
      this.#options.send(out.frameworkId, { type: 'RESCIND_INVERSE_OFFER', rescindInverseOffer });
    }
    this.#answers.delete(agentId);
  }

  forgetFramework(frameworkId: string): void {
    for (const [id, out] of this.#out) if (out.frameworkId === frameworkId) this.#out.delete(id);
    for (const answers of this.#answers.values()) answers.delete(frameworkId);
  }

  // Offers say when their agent is to be maintained: those that said otherwise are void.
  #restart(agentId: string): void {
    for (const { frameworkId, event } of this.#options.offers.withdrawAgent(agentId)) {
      this.#options.send(frameworkId, event);
    }
    this.forgetAgent(agentId);
  }

  #windowOf(key: string): MaintenanceSchedule['windows'][number] | undefined {
    return this.#options.registry.schedule.windows.find(({ machineIds }) =>
      machineIds.some((machine) => keyOf(machine) === key),
    );
  }

  *#answersFor(key: string): Generator<MaintenanceStatus['drainingMachines'][number]['statuses'][number]> {
    for (const { node } of this.#options.registry.members.values()) {
      if (keyOf(node) !== key) continue;
      for (const [frameworkId, { status, at }] of this.#answers.get(node.id) ?? []) {
        yield { status, frameworkId: { value: frameworkId }, timestamp: { nanoseconds: `${at}000000` } };
      }
    }
  }
}

function inverseOffer(
  id: string,
  frameworkId: string,
  { id: agentId, hostname, ip, port, number }: AgentNode,
  unavailability: Unavailability,
): InverseOffer {
  return {
    id: { value: id },
    url: { scheme: 'http', address: { hostname, ip, port }, path: `/slave(${number})` },
    frameworkId: { value: frameworkId },
    agentId: { value: agentId },
    unavailability,
    resources: [],
  };
}

function isNameless({ hostname = '', ip = '' }: MachineId): boolean {
  return hostname === '' && ip === '';
}

function keyOf({ hostname = '', ip = '' }: MachineId): string {
  return `${hostname.toLowerCase()}/${ip}`;
}

function shown({ hostname, ip }: MachineId): string {
  return JSON.stringify({ ...(hostname ? { hostname } : {}), ...(ip ? { ip } : {}) });
}
