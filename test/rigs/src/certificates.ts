import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In PEM; `ca` is the authority that made it. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export const opensslMissing = (): string | undefined =>
  spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed';

/** An authority of a test's own, and a certificate of it for `names` such as `IP:127.0.0.1` or `DNS:mesos.example`. */
export function makeCertificate(names: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (line: string) =>
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'ignore' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  try {
    const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
    openssl(`req -x509 ${newKey} -keyout ca.key -out ca.pem -subj /CN=authority -days 2`);
    openssl(`req ${newKey} -keyout key.pem -out request.pem -subj /CN=server`);
    writeFileSync(join(folder, 'extensions'), `subjectAltName=${names}\n`);
    const by = '-CA ca.pem -CAkey ca.key -CAcreateserial -extfile extensions -days 2';
    openssl(`x509 -req -in request.pem ${by} -out cert.pem`);
    return { key: read('key.pem'), cert: read('cert.pem'), ca: read('ca.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
