import type { Offer } from '@carillon/mesos';

/** The offers that are ours to answer. */
export class OfferPool {
  readonly #offers = new Map<string, { readonly offer: Offer; readonly receivedAt: number }>();

  get size(): number {
    return this.#offers.size;
  }

  add(offers: readonly Offer[]): void {
    const receivedAt = performance.now();
    for (const offer of offers) this.#offers.set(offer.id.value, { offer, receivedAt });
  }

  /** Rescinded. */
  remove(offerId: string): void {
    this.#offers.delete(offerId);
  }

  /** A new subscription knows nothing of old offers. */
  clear(): void {
    this.#offers.clear();
  }

  all(): Offer[] {
    return [...this.#offers.values()].map(({ offer }) => offer);
  }

  /** All of them, to be answered. */
  takeAll(): string[] {
    const ids = [...this.#offers.keys()];
    this.#offers.clear();
    return ids;
  }

  /** These, to be answered: those of them that are still there. */
  take(offerIds: readonly string[]): string[] {
    return offerIds.filter((id) => this.#offers.delete(id));
  }

  /** Those that came before `instant` (monotonic), to be answered. */
  takeOlder(instant: number): string[] {
    const old = [...this.#offers].filter(([, { receivedAt }]) => receivedAt < instant).map(([id]) => id);
    return this.take(old);
  }
}
