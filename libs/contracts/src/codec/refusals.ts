import { invalid } from '@carillon/event-sourcing';

export const wrong = (path: string, rule: string) =>
  invalid('messageInvalid', `${path} must be ${rule}`, { path });

export const missing = (path: string) => invalid('messageInvalid', `${path} is missing`, { path });
