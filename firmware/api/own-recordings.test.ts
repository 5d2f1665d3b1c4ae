import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../base/ids.ts';
import type { RecordingRecord } from '../sessions/recordings/recording.ts';
import { ownRecordingAt } from './own-recordings.ts';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const SID = 'RE0f8fad5bd9cb469fa16570867728950e';
const record = {
  id: ID,
  project: 'ours',
  status: 'stopped',
  files: [{ name: 'call.wav' }],
} as unknown as RecordingRecord;
const recordings = { list: () => [record], fileOf: (id: string, name: string) => `/recordings/${id}/${name}` };
const found = (url: string, tenant = 'ours', status = 'stopped', origin = 'https://box.example.com/api') =>
  ownRecordingAt(new URL(url), origin, [tenant as ProjectId], {
    ...recordings,
    list: () => [{ ...record, status } as RecordingRecord],
  });

test('the URLs of a recording, as both APIs give them, lead to its file', () => {
  for (const path of [
    `/v1/files/${ID}`,
    `/v3/files/${ID}`,
    `/2010-04-01/Accounts/AC1/Recordings/${SID}`,
    `/2010-04-01/Accounts/AC1/Calls/CA1/Recordings/${SID}.wav`,
  ])
    assert.is(found(`https://box.example.com/api${path}`), `/recordings/${ID}/call.wav`, path);
});

test('another host’s, another tenant’s, one that still runs and what is no recording do not', () => {
  const url = `https://box.example.com/api/v1/files/${ID}`;
  assert.is(found(url.replace('box', 'other')), null);
  assert.is(found(url.replace('example.com', 'example.com.evil.net')), null);
  assert.is(found(url, 'theirs'), null);
  assert.is(found(url, 'ours', 'started'), null);
  assert.is(found(`${url}/../../../etc/passwd`), null);
  assert.is(found('https://box.example.com/api/v1/files/mixed.wav'), null);
});

test.run();
