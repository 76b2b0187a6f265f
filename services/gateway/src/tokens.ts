/** What the gateway's controllers are given. */
export const BACKENDS = Symbol('Backends');
export const GATEWAY_CONFIG = Symbol('GatewayConfig');
