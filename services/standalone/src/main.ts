import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Compiling the modules is a quarter of a start. Kept beside the program, where it may be written; else compiled again.
// NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE go first.
enableCompileCache(fileURLToPath(new URL('../../../.cache/compile', import.meta.url)));
await import('./run.js');
