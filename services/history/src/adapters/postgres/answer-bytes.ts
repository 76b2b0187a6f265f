/**
 * Of one answer, but for its last event or run: gRPC takes 64 MiB. A definition of a job may have nearly one, and what Mesos
 * says of an attempt 10,000 characters.
 */
export const ANSWER_BYTES = 8 * 1024 * 1024;
