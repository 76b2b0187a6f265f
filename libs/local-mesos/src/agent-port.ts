import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandboxes } from './agent/sandboxes.js';
import type { Cluster } from './cluster.js';
import { HOST } from './defaults.js';
import { handleAgentRequest } from './http/agent-server.js';
import { SandboxFiles } from './http/files.js';

export interface AgentPortOptions {
  readonly sandboxes: Sandboxes;
  masterAddress(): string;
  cluster(): Cluster;
}

/** The port on which the agents answer: apart from the masters', which may be killed. */
export class AgentPort {
  readonly #options: AgentPortOptions;
  readonly #server: Server;

  constructor(options: AgentPortOptions) {
    this.#options = options;
    this.#server = createServer();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    const options = this.#options;
    const { sandboxes } = options;
    this.#server.on('request', (request, response) => {
      const find = (frameworkId: string, taskId: string): string | undefined =>
        sandboxes.find(frameworkId, taskId);
      const cluster = options.cluster();
      const files = new SandboxFiles(sandboxes.root, cluster, find);
      handleAgentRequest({ cluster, files, masterAddress: () => options.masterAddress() }, request, response);
    });
    return new Promise((done, failed) => {
      this.#server.once('error', failed);
      this.#server.listen(0, HOST, done);
    });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }
}
