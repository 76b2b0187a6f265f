import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchUris, fileNameOf, isArchive } from './fetcher.js';

describe('names', () => {
  it.each([
    [{ value: 'http://h/a/b.tgz?x=1' }, 'b.tgz', true],
    [{ value: 'http://h/a%20b.sh' }, 'a b.sh', false],
    [{ value: '/opt/x.zip', extract: false }, 'x.zip', false],
    [{ value: 'file:///opt/x.gz', executable: true }, 'x.gz', false],
    [{ value: 'http://h/x', outputFile: 'in/y.tar' }, 'in/y.tar', true],
  ])('%j', (uri, name, archive) => {
    expect([fileNameOf(uri), isArchive(uri)]).toEqual([name, archive]);
  });

  it.each([
    { value: 'http://h/' },
    { value: 'http://h/..%2f..' },
    { value: '/x', outputFile: '../y' },
    { value: '/x', outputFile: '/y' },
  ])('refuses %j', (uri) => {
    expect(() => fileNameOf(uri)).toThrow();
  });
});

describe('fetching', () => {
  let sandbox: string;
  beforeEach(() => {
    sandbox = mkdtempSync(join(tmpdir(), 'fetch-'));
  });
  afterEach(() => rmSync(sandbox, { recursive: true }));

  it('downloads, and says why not', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/yes.sh' ? 200 : 404).end('echo yes');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await fetchUris([{ value: `${base}/yes.sh`, executable: true }], sandbox);
    expect(readFileSync(join(sandbox, 'yes.sh'), 'utf8')).toBe('echo yes');
    expect(statSync(join(sandbox, 'yes.sh')).mode & 0o111).toBe(0o111);
    await fetchUris([{ value: `${base}/yes.sh`, outputFile: 'deep/er/yes.sh' }], sandbox);
    expect(readFileSync(join(sandbox, 'deep/er/yes.sh'), 'utf8')).toBe('echo yes');
    await expect(fetchUris([{ value: `${base}/no.sh` }], sandbox)).rejects.toThrow('404');
    await expect(fetchUris([{ value: 'hdfs://h/x' }], sandbox)).rejects.toThrow('neither');
    server.closeAllConnections();
    server.close();
  });

  it('stops copying soon after it was stopped', async () => {
    const large = join(sandbox, 'large');
    writeFileSync(large, '');
    truncateSync(large, 256 * 1024 * 1024);
    const stopped = new AbortController();
    const fetching = fetchUris([{ value: large, outputFile: 'copy' }], sandbox, stopped.signal);
    const begun = setInterval(() => {
      if (existsSync(join(sandbox, 'copy'))) stopped.abort(new Error('killed'));
    }, 1);
    await expect(fetching).rejects.toThrow('killed');
    clearInterval(begun);
    expect(statSync(join(sandbox, 'copy')).size).toBeLessThan(256 * 1024 * 1024);
  });

  it('copies files with their modes, and waits for nothing that is none', async () => {
    const path = join(sandbox, 'here');
    writeFileSync(path, 'text');
    chmodSync(path, 0o750);
    await fetchUris([{ value: `file://${path}`, outputFile: 'there' }], sandbox);
    expect(readFileSync(join(sandbox, 'there'), 'utf8')).toBe('text');
    expect(statSync(join(sandbox, 'there')).mode & 0o777).toBe(0o750);

    const pipe = join(sandbox, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const value of [pipe, '/dev/tty', sandbox]) {
      await expect(fetchUris([{ value, outputFile: 'there' }], sandbox)).rejects.toThrow('is not a file');
    }
  });
});
