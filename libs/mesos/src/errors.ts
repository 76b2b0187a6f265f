/** The master answered a call with something other than 2xx. */
export class MesosCallError extends Error {
  readonly code = 'MESOS_CALL_REFUSED';
  readonly callType: string;
  readonly status: number;
  readonly body: string;

  constructor(callType: string, status: number, body: string) {
    super(`Mesos refused ${callType}: ${status} ${body}`.trimEnd());
    this.name = 'MesosCallError';
    this.callType = callType;
    this.status = status;
    this.body = body;
  }
}

/** There is no subscription, or the connection broke: whether the master got the call is not known. */
export class MesosUnavailable extends Error {
  readonly code = 'MESOS_UNAVAILABLE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MesosUnavailable';
  }
}
