import type { Config } from './schema.ts';
import type { Mismatch } from './validate.ts';

/** What contradicts itself about the broker. */
export function mqttProblems({ mqtt }: Pick<Config, 'mqtt'>): Mismatch[] {
  const { embedded, url } = mqtt;
  if (embedded !== undefined && url !== undefined)
    return [{ path: ['mqtt'], message: 'expected embedded or url, got both' }];
  if (embedded === undefined && url === undefined)
    return [{ path: ['mqtt'], message: 'expected embedded or url, got neither' }];
  return url === undefined ? embeddedProblems(mqtt) : remoteProblems(mqtt, new URL(url));
}

function embeddedProblems({ version, username, passwordFile, tls, requests }: Config['mqtt']): Mismatch[] {
  const forUrl = {
    version: version !== 3,
    username: username !== undefined,
    passwordFile: passwordFile !== undefined,
    requests,
    'tls.caFile': tls.caFile !== undefined,
    'tls.certificateFile': tls.certificateFile !== undefined,
    'tls.keyFile': tls.keyFile !== undefined,
  };
  return Object.entries(forUrl)
    .filter(([, given]) => given)
    .map(([key]) => ({
      path: ['mqtt', ...key.split('.')],
      message: `${key} is for an external broker (mqtt.url), not for the embedded one`,
    }));
}

function remoteProblems({ tls, passwordFile, username }: Config['mqtt'], url: URL): Mismatch[] {
  const path = ['mqtt', 'tls'];
  const found: Mismatch[] = [];
  const { caFile, certificateFile, keyFile } = tls;
  if (url.protocol === 'mqtt:')
    for (const [key, file] of Object.entries({ caFile, certificateFile, keyFile }))
      if (file !== undefined)
        found.push({ path: [...path, key], message: `${key} is for a url of mqtts://, not mqtt://` });
  if ((certificateFile === undefined) !== (keyFile === undefined))
    found.push({ path, message: 'certificateFile and keyFile go together' });
  if (passwordFile !== undefined && url.password !== '')
    found.push({ path: ['mqtt', 'passwordFile'], message: 'the url has a password as well: expected one of the two' });
  if (passwordFile !== undefined && username === undefined && url.username === '')
    found.push({ path: ['mqtt', 'passwordFile'], message: 'a password needs a username, here or in the url' });
  return found;
}
