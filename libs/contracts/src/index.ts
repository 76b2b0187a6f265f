export * from './generated/apis.js';
export * from './generated/types.js';
