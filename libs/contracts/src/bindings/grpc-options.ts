/** The largest message in bytes that is sent or taken, unless told: a page of 1,000 jobs with large specs. */
export const defaultMaxMessageBytes = 16 * 1024 * 1024;

/** Channel options that both ends need. A dead peer is noticed within 15 s even when no call is going on. */
export const channelOptions = (maxMessageBytes: number) => ({
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
});
