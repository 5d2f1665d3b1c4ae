import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { newAuthority } from '../sip/transport/certificates.fixture.ts';
import { CertificateFiles } from './certificate-files.ts';

const test = suite<{ folder: string }>('an HTTPS certificate in files');
const authority = newAuthority('authority of the tests');

test.before.each(context => {
  context.folder = mkdtempSync(path.join(os.tmpdir(), 'https-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function opened(folder: string) {
  const [certificateFile, keyFile] = [path.join(folder, 'box.pem'), path.join(folder, 'box.key')];
  const issue = (name: string) => {
    const issued = authority.issue(`DNS:${name}`);
    writeFileSync(certificateFile, issued.cert);
    writeFileSync(keyFile, issued.key);
    return issued;
  };
  const first = issue('old.box.test');
  const clock = new ManualClock();
  const problems: unknown[] = [];
  const log = { ...silentLog, error: (...told: unknown[]) => void problems.push(told[0]) } as typeof silentLog;
  const files = new CertificateFiles({ certificateFile, keyFile, clock, log });
  const renewed: string[] = [];
  files.onRenewed = ({ cert }) => renewed.push(cert);
  files.start();
  return { files, clock, renewed, problems, first, issue, certificateFile };
}

test('it is taken within a minute when it was replaced, and once', ({ folder }) => {
  const { files, clock, renewed, first, issue } = opened(folder);
  assert.is(files.shown.cert, first.cert);
  clock.advance(120_000);
  assert.equal(renewed, []);
  const second = issue('new.box.test');
  clock.advance(120_000);
  assert.equal(renewed, [second.cert]);
  assert.is(files.shown.key, second.key);
  files.close();
  assert.is(clock.pendingTimers, 0);
});

test('a broken one changes nothing and is told of once, until the rest is there', ({ folder }) => {
  const { files, clock, renewed, problems, first, issue, certificateFile } = opened(folder);
  writeFileSync(certificateFile, 'half a certificate');
  clock.advance(180_000);
  assert.equal(renewed, []);
  assert.is(files.shown.cert, first.cert);
  assert.is(problems.length, 1);
  assert.match(JSON.stringify(problems), /box\.pem cannot be used: it holds no certificate/);
  const third = issue('third.box.test');
  files.check();
  assert.equal(renewed, [third.cert]);
  files.close();
});

test('one that is missing at the start keeps the box from starting', ({ folder }) => {
  assert.throws(
    () =>
      new CertificateFiles({
        certificateFile: path.join(folder, 'no.pem'),
        keyFile: path.join(folder, 'no.key'),
        clock: new ManualClock(),
        log: silentLog,
      }),
    /no\.pem cannot be used: there is no such file/,
  );
});

test.run();
