import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ThrowawayCa {
  /** PEM file of the authority; what a channel file names in `tls.ca`. */
  readonly caFile: string;
  /** PEM file of the server's chain, for localhost, 127.0.0.1 and the domains of the tests. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

let own: string | undefined;

/** The folder of this process, gone with it: making an authority takes tens of milliseconds, and one is enough. */
function ownFolder(): string {
  if (own !== undefined) return own;
  const folder = mkdtempSync(join(tmpdir(), 'steward-ca-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  own = folder;
  return folder;
}

/** Makes a certificate authority and one server certificate with openssl, valid for two days. */
export function throwawayCa(folder = ownFolder()): ThrowawayCa {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  if (!existsSync(at('chain.pem'))) {
    const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-days',
      '2',
      '-subj',
      '/CN=throw-away CA',
      ...ca,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
    );
    openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
    const names = 'subjectAltName=DNS:localhost,DNS:mail.test,DNS:xmpp.test,IP:127.0.0.1';
    writeFileSync(at('ext.cnf'), `basicConstraints=CA:FALSE\n${names}\nextendedKeyUsage=serverAuth\n`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext.cnf'];
    openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
    writeFileSync(at('chain.pem'), readFileSync(at('server.pem'), 'utf8') + readFileSync(at('ca.pem'), 'utf8'));
    // The mail server may run as another user than the test.
    for (const name of ['chain.pem', 'server.key', 'ca.pem']) chmodSync(at(name), 0o644);
    chmodSync(folder, 0o755);
  }
  return {
    caFile: at('ca.pem'),
    certFile: at('chain.pem'),
    keyFile: at('server.key'),
    cert: readFileSync(at('chain.pem'), 'utf8'),
    key: readFileSync(at('server.key'), 'utf8'),
  };
}
