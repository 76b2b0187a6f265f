export type { Backends } from './application/backends.js';
export { createGateway, type Gateway, startGateway } from './gateway.js';
export { type GatewayConfig, gatewayConfigSchema } from './gateway.config.js';
export { GatewayModule, type GatewayOptions } from './gateway.module.js';
export { readJobSpec } from './metronome/job-spec.reader.js';
export { metronomeVariables, type Variable } from './compatibility/metronome-variables.js';
