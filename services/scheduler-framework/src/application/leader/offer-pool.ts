import type { Offer } from '@carillon/mesos';
import { isLabelled } from '../../domain/volumes/persistent-volume.js';

/** The offers that are ours to answer. */
export class OfferPool {
  readonly #labelled = new Set<string>();
  readonly #offers = new Map<string, { readonly offer: Offer; readonly receivedAt: number }>();

  get size(): number {
    return this.#offers.size;
  }

  add(offers: readonly Offer[]): void {
    const receivedAt = performance.now();
    for (const offer of offers) {
      this.#offers.set(offer.id.value, { offer, receivedAt });
      if (offer.resources.some(isLabelled)) this.#labelled.add(offer.id.value);
    }
  }

  /** Rescinded. */
  remove(offerId: string): void {
    this.take([offerId]);
  }

  /** A new subscription knows nothing of old offers. */
  clear(): void {
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

  /** Those that came before `instant` (monotonic), to be answered. */
  takeOlder(instant: number): string[] {
    const old = [...this.#offers].filter(([, { receivedAt }]) => receivedAt < instant).map(([id]) => id);
    return this.take(old);
  }
}
