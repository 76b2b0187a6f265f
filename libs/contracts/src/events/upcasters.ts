import type { PublicEventTypes } from '../generated/types.js';

/** Changes the data of one version into that of the next. Pure; may get an object without the newer fields. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * For each public event, what leads from version 1 to 2, from 2 to 3 and so on; so the version that is written is the
 * number of upcasters plus one. Needed only when the MEANING of a field changes or a field becomes required: additions
 * are read by everybody as they are, and the compatibility check refuses the rest.
 */
export type Upcasters = { readonly [Type in keyof PublicEventTypes]?: readonly Upcaster[] };

export const publicUpcasters: Upcasters = {};
