import { notFound } from '@carillon/event-sourcing';
import { readMetrics } from '@carillon/service-runtime';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { Backends } from '../application/backends.js';
import type { GatewayConfig } from '../gateway.config.js';
import { presentMetrics } from '../metronome/metrics.presenter.js';
import { BACKENDS, GATEWAY_CONFIG } from '../tokens.js';
import { version } from '../version.js';

@Controller()
export class ApplicationController {
  readonly #framework: Backends['framework'];
  readonly #config: GatewayConfig;

  constructor(@Inject(BACKENDS) { framework }: Backends, @Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.#framework = framework;
    this.#config = config;
  }

  @Get('ping')
  @Header('content-type', 'text/plain; charset=utf-8')
  ping(): string {
    return 'pong';
  }

  /** Flat configuration as strings, as in Metronome, but only what is no secret. */
  @Get('info')
  info(): object {
    return {
      version,
      libVersion: version,
      config: {
        'carillon.http.host': this.#config.httpHost,
        'carillon.http.port': String(this.#config.httpPort),
        'carillon.history.count': String(this.#config.historyCount),
      },
    };
  }

  /** Of this process alone, so that a monitor sees each. */
  @Get('v1/metrics')
  async metrics(): Promise<object> {
    return presentMetrics(await readMetrics(), process.uptime());
  }

  @Get('leader')
  async leader(): Promise<object> {
    const { holder } = await this.#framework.getLeader({});
    if (holder === undefined) throw notFound('noLeader', 'There is no leader');
    return { leader: holder };
  }
}
