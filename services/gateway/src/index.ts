export type { Backends } from './application/backends.js';
export { createGateway, type Gateway, startGateway } from './gateway.js';
export { type GatewayConfig, gatewayConfigSchema } from './gateway.config.js';
export { GatewayModule, type GatewayOptions } from './gateway.module.js';
export { rehearsedRequests } from './rehearse-requests.js';
export { readJobSpec } from './v2/spec/job.reader.js';
export { metronomeVariables, type Variable } from './compatibility/metronome-variables.js';
export { gatewayLimits, gatewayLimitSettings } from './gateway.limits.js';
export { v2Document } from './v2/serve-v2.js';
