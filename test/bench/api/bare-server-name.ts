/** By which PostgreSQL knows the yardstick's connections. */
export const BARE_SERVER = 'bare server';
