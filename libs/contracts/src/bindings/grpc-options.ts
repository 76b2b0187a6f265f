/**
 * The largest message in bytes that is sent or taken, unless told. The answer to an apply has each job up to three times,
 * as it was, as it was asked for and as it is: of a list of 16 MiB that is 48 MiB, and must not fail when all is applied.
 */
export const defaultMaxMessageBytes = 64 * 1024 * 1024;

/** Channel options that both ends need. A dead peer is noticed within 15 s even when no call is going on. */
export const channelOptions = (maxMessageBytes: number) => ({
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
});
