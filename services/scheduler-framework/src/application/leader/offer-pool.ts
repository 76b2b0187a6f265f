import type { Offer } from '@carillon/mesos';
import { isLabelled } from '../../domain/volumes/persistent-volume.js';

interface HeldOffer {
  readonly offer: Offer;
  readonly receivedAt: number;
}

/** The offers that are ours to answer. */
export class OfferPool {
  readonly #labelled = new Set<string>();
  readonly #offers = new Map<string, HeldOffer>();
  readonly #lent = new Map<string, HeldOffer>();

  get size(): number {
    return this.#offers.size;
  }

  add(offers: readonly Offer[]): void {
    const receivedAt = performance.now();
    for (const offer of offers) this.#hold({ offer, receivedAt });
  }

  /** Rescinded. */
  remove(offerId: string): void {
    this.#lent.delete(offerId);

    this.take([offerId]);
  }

  /** A new subscription knows nothing of old offers. */
  clear(): void {
    this.#lent.clear();
    this.takeAll();
  }

  /** Those with reservations for volumes. */
  withVolumes(): Offer[] {
    return [...this.#labelled].flatMap((id) => this.#offers.get(id)?.offer ?? []);
  }

  all(): Offer[] {
    return [...this.#offers.values()].map(({ offer }) => offer);
  }

  /** All of them, to be answered. */
  takeAll(): string[] {
    const ids = [...this.#offers.keys()];
    this.#offers.clear();
    this.#labelled.clear();
    return ids;
  }

  /** These, to be answered: those of them that are still there. */
  take(offerIds: readonly string[]): string[] {
    return offerIds.filter((id) => {
      this.#labelled.delete(id);
      return this.#offers.delete(id);
    });
  }

  /** These, to be answered once it is written what for. */
  lend(offerIds: readonly string[]): void {
    for (const id of offerIds) {
      const held = this.#offers.get(id);
      if (held) this.#lent.set(id, held);
    }
    this.take(offerIds);
  }

  /** What is lent is answered. */
  settle(): void {
    this.#lent.clear();
  }

  /** What is lent is not answered: it is ours again, but for what Mesos has taken back meanwhile. */
  giveBack(): void {
    for (const held of this.#lent.values()) this.#hold(held);
    this.#lent.clear();
  }

  /** Those that came before `instant` (monotonic), to be answered. */
  takeOlder(instant: number): string[] {
    const old = [...this.#offers].filter(([, { receivedAt }]) => receivedAt < instant).map(([id]) => id);
    return this.take(old);
  }

  #hold(held: HeldOffer): void {
    const { id, resources } = held.offer;
    this.#offers.set(id.value, held);
    if (resources.some(isLabelled)) this.#labelled.add(id.value);
  }
}
