export { assertNever, type Decider, type DomainEvent, replay } from './decider.js';
export {
  CarillonError,
  concurrencyConflict,
  domainError,
  type ErrorDetails,
  type ErrorKind,
  invalid,
  isCarillonError,
  notFound,
  unavailable,
} from './errors.js';
export { given } from './spec.js';
