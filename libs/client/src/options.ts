export interface ClientOptions {
  /** Such as `http://localhost:9000`; a path in it goes before each route. */
  readonly url: string;
  /** Sent with every request, for example by whom. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one request, 30 s unless told. */
  readonly timeoutMs?: number;
}
