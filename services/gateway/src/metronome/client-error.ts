/** A request that does not get as far as a use case: its path, query, media type or size is wrong. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
