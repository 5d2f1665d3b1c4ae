import type { FarEndSaid } from '../records/call-record.ts';
import { parseChallenge, splitChallenges } from '../sip/auth/challenge.ts';
import type { Credentials } from '../sip/auth/credentials.ts';
import type { Headers } from '../sip/message/headers.ts';

const MAX_TEXT = 200;

/** What a response that refused a call says about why, beside its status; null where it says nothing. */
export function farEndSaid(headers: Headers | undefined, auth: Credentials | undefined): FarEndSaid | null {
  if (!headers) return null;
  const realm = realmOf(headers);
  const text = (name: string) => headers.get(name)?.slice(0, MAX_TEXT) ?? null;
  const said: FarEndSaid = {
    warning: text('Warning'),
    reason: text('Reason'),
    retryAfter: text('Retry-After'),
    server: text('Server') ?? text('User-Agent'),
    realm,
    username: realm === null ? null : (auth?.username.slice(0, MAX_TEXT) ?? null),
  };
  return Object.values(said).some(each => each !== null) ? said : null;
}

function realmOf(headers: Headers): string | null {
  try {
    for (const value of [...headers.getAll('WWW-Authenticate'), ...headers.getAll('Proxy-Authenticate')])
      for (const each of splitChallenges(value)) {
        const challenge = parseChallenge(each);
        if (challenge) return challenge.realm.slice(0, MAX_TEXT);
      }
  } catch {
    // One that cannot be read has no realm that could be shown.
  }
  return null;
}
