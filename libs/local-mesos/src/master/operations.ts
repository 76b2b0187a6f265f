import { randomUUID } from 'node:crypto';
import type { Call, Event, OfferOperation, OperationStatus } from '@carillon/mesos';
import { type AgentNode, pidOf } from '../agent/agent-node.js';
import type { VolumePlace } from '../agent/volumes.js';
import type { StateLog } from '../state/state-log.js';
import { type Conversion, conversionOf, conversionsOf } from './conversions.js';
import type { Framework } from './framework.js';
import type { TakenOffer } from './offers.js';
import { kindOf } from './resource-kind.js';
import { add, type Resources, subtract, toMessages } from './resources.js';

export interface OperationsOptions {
  readonly log: StateLog;
  readonly volumes: VolumeFolders | undefined;
  node(agentId: string): AgentNode | undefined;
  send(frameworkId: string, event: Event): void;
}

export interface VolumeFolders {
  create(place: VolumePlace): void;
  destroy(place: VolumePlace): void;
}

type Reconcile = (Call & { readonly type: 'RECONCILE_OPERATIONS' })['reconcileOperations']['operations'];

/**
 * Operations on resources: what they make of an agent's resources is durable before anybody hears of it. Of those that
 * have an id the framework is told how they ended, again and again until it acknowledges (as long as this master leads).
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #unacknowledged = new Map<string, Map<string, OperationStatus>>();

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  apply(
    framework: Framework,
    operation: OfferOperation,
    offer: TakenOffer | { readonly error: string },
  ): void {
    const operationId = operation.id;
    if ('error' in offer) {
      this.#tellError(framework.id, operationId, `Operation attempted with invalid offers: ${offer.error}`);
      return;
    }
    const node = this.#options.node(offer.agentId);
    if (node === undefined) return;
    const conversion = conversionOf(operation, {
      role: offer.role,
      available: offer.resources,
      principal: framework.info.principal,
      total: node.total,
      agent: `agent ${node.id} at ${pidOf(node)} (${node.hostname})`,
    });
    if ('error' in conversion) {
      this.#tellError(framework.id, operationId, conversion.error);
      return;
    }
    this.#convert(node, offer, conversion);
    if (operationId === undefined) return;
    const uuid = { value: new Uint8Array(Buffer.from(randomUUID().replaceAll('-', ''), 'hex')) };
    const status: OperationStatus = {
      ...{ operationId, state: 'OPERATION_FINISHED', uuid, agentId: { value: node.id } },
      convertedResources: [],
    };
    const told = this.#unacknowledged.get(framework.id) ?? new Map<string, OperationStatus>();
    this.#unacknowledged.set(framework.id, told.set(operationId.value, status));
    this.#tell(framework.id, status);
  }

  acknowledge(frameworkId: string, operationId: string, uuid: Uint8Array): void {
    const told = this.#unacknowledged.get(frameworkId);
    const known = told?.get(operationId)?.uuid;
    if (known !== undefined && Buffer.compare(known.value, uuid) === 0) told?.delete(operationId);
  }

  /** What waits for an acknowledgement, once more. */
  resend(frameworkId: string): void {
    for (const status of this.#unacknowledged.get(frameworkId)?.values() ?? [])
      this.#tell(frameworkId, status);
  }

  resendAll(): void {
    for (const frameworkId of this.#unacknowledged.keys()) this.resend(frameworkId);
  }

  forget(frameworkId: string): void {
    this.#unacknowledged.delete(frameworkId);
  }

  /** None: all that are known. */
  reconcile(frameworkId: string, operations: Reconcile): void {
    const known = this.#unacknowledged.get(frameworkId);
    if (operations.length === 0) {
      for (const status of known?.values() ?? []) this.#tell(frameworkId, reconciled(status));
      return;
    }
    for (const { operationId, agentId } of operations) {
      const found = known?.get(operationId.value);
      if (found !== undefined) {
        this.#tell(frameworkId, reconciled(found));
        continue;
      }
      const why = agentId === undefined ? " and no 'agent_id' was provided" : '';
      this.#tell(frameworkId, {
        operationId,
        state: 'OPERATION_UNKNOWN',
        message: `Reconciliation: Operation is unknown${why}`,
        convertedResources: [],
        ...(agentId === undefined ? {} : { agentId }),
      });
    }
  }

  #convert(node: AgentNode, offer: TakenOffer, { from, to }: Conversion): void {
    const { log, volumes } = this.#options;
    offer.convert(from, to);
    node.total = add(subtract(node.total, from), to);
    const resources = toMessages(conversionsOf(node.total).to, { refined: true });
    log.append({ type: 'converted', agentId: node.id, resources });
    for (const place of placesOf(node.id, to)) volumes?.create(place);
    const destroyed = placesOf(node.id, from);
    log.whenWritten(() => {
      for (const place of destroyed) volumes?.destroy(place);
    });
  }

  #tellError(frameworkId: string, operationId: OfferOperation['id'], message: string): void {
    if (operationId === undefined) return;
    this.#tell(frameworkId, { operationId, state: 'OPERATION_ERROR', message, convertedResources: [] });
  }

  #tell(frameworkId: string, status: OperationStatus): void {
    const event: Event = { type: 'UPDATE_OPERATION_STATUS', updateOperationStatus: { status } };
    this.#options.log.whenWritten(() => this.#options.send(frameworkId, event));
  }
}

/** Not to be acknowledged. */
function reconciled(status: OperationStatus): OperationStatus {
  return Object.fromEntries(Object.entries(status).filter(([name]) => name !== 'uuid')) as typeof status;
}

function placesOf(agentId: string, { scalars }: Resources): VolumePlace[] {
  return [...scalars.keys()].flatMap((key) => {
    const { volume, reservedFor = '*' } = kindOf(key);
    return volume === undefined ? [] : [{ agentId, role: reservedFor, id: volume.id }];
  });
}
