import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule, type GatewayOptions } from './gateway.module.js';
import { defaultLimits } from './gateway.limits.js';
import { httpAdapter } from './http/http-adapter.js';
import { serveV2 } from './v2/serve-v2.js';

export interface Gateway {
  readonly port: number;
  /** Answers what is under way, takes nothing more. */
  close(): Promise<void>;
}

/** The gateway, not listening yet; its requests are in the metrics unless told. */
export async function createGateway(
  options: GatewayOptions,
  { measured = true }: { readonly measured?: boolean } = {},
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot(options),
    httpAdapter(options.config.limits ?? defaultLimits, measured),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  serveV2(app.getHttpAdapter().getInstance(), options, options.config.limits ?? defaultLimits);
  return app.init();
}

/** The gateway, listening. Port 0 picks a free one. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const app = await createGateway(options);
  const { httpHost, httpPort } = options.config;
  await app.listen({ host: httpHost, port: httpPort });
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : httpPort;
  return { port, close: () => app.close() };
}
