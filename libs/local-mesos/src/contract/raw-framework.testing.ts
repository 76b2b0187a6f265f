import { type ClientRequest, request } from 'node:http';
import { type Event, type FrameworkInfo, RecordDecoder, schedulerCodecs } from '@carillon/mesos';
import { type Answer, JSON_HEADERS, postJson } from './requests.testing.js';

const INFO: FrameworkInfo = {
  user: 'root',
  name: 'contract',
  failoverTimeout: 60,
  roles: ['*'],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
};

/** A subscription with nothing between it and the master: for what is answered to single calls. */
export class RawFramework {
  readonly #master: string;
  readonly #request: ClientRequest;
  readonly events: Event[] = [];
  readonly streamId: string;
  id = '';

  private constructor(master: string, stream: ClientRequest, streamId: string) {
    this.#master = master;
    this.#request = stream;
    this.streamId = streamId;
  }

  static subscribed(master: string): Promise<RawFramework> {
    const codec = schedulerCodecs.json;
    const [host = '', port = ''] = master.split(':');
    const call = codec.encodeCall({ type: 'SUBSCRIBE', subscribe: { frameworkInfo: INFO } });
    return new Promise((done, failed) => {
      const options = {
        host,
        port,
        path: '/api/v1/scheduler',
        method: 'POST',
        agent: false,
        headers: JSON_HEADERS,
      };
      const outgoing = request(options, (response) => {
        const framework = new RawFramework(master, outgoing, String(response.headers['mesos-stream-id']));
        const records = new RecordDecoder(64 * 1024 * 1024);
        response.on('error', () => undefined); // the master ends it, or close()
        response.on('data', (chunk: Buffer) => {
          for (const record of records.push(chunk)) {
            const event = codec.decodeEvent(record);
            framework.events.push(event);
            if (event.type !== 'SUBSCRIBED' || !('subscribed' in event)) continue;
            framework.id = event.subscribed.frameworkId.value;
            done(framework);
          }
        });
      });
      outgoing.on('error', failed);
      outgoing.end(call);
    });
  }

  call(rest: object): Promise<Answer> {
    const body = { framework_id: { value: this.id }, ...rest };
    return postJson(this.#master, '/api/v1/scheduler', body, { 'mesos-stream-id': this.streamId });
  }

  async close(): Promise<void> {
    await this.call({ type: 'TEARDOWN' }).catch(() => undefined); // it may be torn down already
    this.#request.destroy();
  }
}
