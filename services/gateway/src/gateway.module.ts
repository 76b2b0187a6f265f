import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Backends } from './application/backends.js';
import type { GatewayConfig } from './gateway.config.js';
import { ApplicationController } from './http/application.controller.js';
import { ErrorFilter } from './http/error.filter.js';
import { JobsController } from './http/jobs.controller.js';
import { PublicController } from './http/public.controller.js';
import { QueueController } from './http/queue.controller.js';
import { RunsController } from './http/runs.controller.js';
import { ScheduledJobsController } from './http/scheduled-jobs.controller.js';
import { SchedulesController } from './http/schedules.controller.js';
import { BACKENDS, GATEWAY_CONFIG } from './tokens.js';

export interface GatewayOptions extends Backends {
  readonly config: GatewayConfig;
}

@Module({})
export class GatewayModule {
  static forRoot({ config, ...backends }: GatewayOptions): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        ApplicationController,
        JobsController,
        SchedulesController,
        RunsController,
        QueueController,
        PublicController,
        ScheduledJobsController,
      ],
      providers: [
        { provide: BACKENDS, useValue: backends },
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
