import { serverTransactionKey } from '../message/call-key.ts';
import { parseCSeq } from '../message/cseq.ts';
import { SipParseError } from '../message/errors.ts';
import { StreamFramer } from '../message/framer.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from '../message/message.samples.ts';
import { parseTypedValue, splitMultipart } from '../message/multipart.ts';
import { formatNameAddr, parseNameAddr, tagOf } from '../message/name-addr.ts';
import { parseMessage } from '../message/parse.ts';
import { serialise } from '../message/serialise.ts';
import { sessionBody } from '../message/session-body.ts';
import { RFC_4475, torture, VALID } from '../message/torture.samples.ts';
import { formatUri, parseUri } from '../message/uri.ts';
import { formatVia, parseVia } from '../message/via.ts';
import { readReasons } from '../reason/reason-header.ts';
import { maskSecrets } from '../trace/mask.ts';
import { looksLikeSip } from '../transport/looks-like-sip.ts';
import { malformedAnswer } from '../transport/malformed-answer.ts';
import { statelessAnswer } from '../transport/stateless-answer.ts';
import { check } from '../user-agent/request-checks.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const buffers = (...texts: string[]) => texts.map(text => Buffer.from(text));
const MESSAGES = [...buffers(INVITE, OK, REGISTER, UNUSUAL), ...RFC_4475.map(torture)];
const SOURCE = { transport: 'udp', address: '192.0.2.1', port: 5060 } as const;

/** Two readers must see the same: what was read can be written, and that reads as what was read. */
function sameAgain<T, Text extends string | Buffer>(
  value: T,
  write: (value: T) => Text,
  read: (text: Text) => T,
): void {
  const again = surely(() => [write(value), write(read(write(value)))]);
  if (String(again[0]) !== String(again[1])) throw new Error(`written, it reads otherwise: ${again[0]}`);
}

/** What has been read must not be refused any more, not even with a typed error. */
function surely<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`what was read cannot be written and read again: ${String(error)}`, { cause: error });
  }
}

const whole: FuzzTarget = {
  name: 'messages',
  seeds: MESSAGES,
  read(input) {
    looksLikeSip(input);
    maskSecrets(input);
    try {
      const message = parseMessage(input);
      sameAgain(message, serialise, parseMessage);
      parseCSeq(message.headers.get('CSeq') ?? '');
      readReasons(message.headers);
      if (message.kind === 'response') return true;
      const via = parseVia(message.headers.get('Via') ?? '');
      serverTransactionKey(message, via);
      check(message, { secure: false, owned: true });
      statelessAnswer(message, 401, []);
    } catch (error) {
      if (error instanceof SipParseError) malformedAnswer(input, SOURCE, error);
      throw error;
    }
    return true;
  },
};

const streams: FuzzTarget = {
  name: 'streams',
  seeds: [...MESSAGES, Buffer.concat(VALID.map(torture)), Buffer.concat(MESSAGES)],
  read(input, random) {
    const framer = new StreamFramer();
    let messages = 0;
    for (let at = 0; at < input.length; ) {
      const end = at + 1 + Math.floor(random() * random() * 2000);
      for (const frame of framer.push(input.subarray(at, end))) if (frame.kind === 'message') messages += 1;
      at = end;
    }
    return messages > 0;
  },
};

const URIS: FuzzTarget = {
  name: 'URIs',
  seeds: buffers(
    'sip:alice:secret@example.com:5070;transport=tcp;lr;maddr=192.0.2.1?Subject=a%20b&X-A=1',
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    'sips:%75se%72@[2001:db8::192.0.2.1]:5061;n%61me=v%61lue%25%34%31',
    'tel:+44-20-7946-0123;phone-context=example.com;isub=1',
  ),
  read(input) {
    // Escapes make it up to nine times as long, which must still be short enough.
    sameAgain(parseUri(input.toString('utf8', 0, 220)), formatUri, parseUri);
    return true;
  },
};

const ADDRESSES: FuzzTarget = {
  name: 'addresses and Vias',
  seeds: buffers(
    '"J Rosenberg \\\\\\"" <sip:jdrosen@example.com;lr> ; tag = 98asjd8;q="0.3"',
    'Bell, Alexander <sip:a.g.bell@example.com>;tag=43',
    'sip:+19725552222@gw1.example.net;unknownparam',
    '*',
    'SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1;rport;received=[::1]',
    'SIP/2.0/TLS [2001:db8::9:1]:6050;branch=z9hG4bKas3-111',
  ),
  read(input) {
    // Line breaks are undone, or refused, before a value gets this far.
    const value = input.toString().replace(/[\r\n\0]/g, ' ');
    if (value.toUpperCase().startsWith('SIP')) {
      sameAgain(parseVia(value), formatVia, parseVia);
    } else {
      tagOf(value);
      sameAgain(parseNameAddr(value), formatNameAddr, parseNameAddr);
    }
    return true;
  },
};

const bodies: FuzzTarget = {
  name: 'bodies',
  seeds: [
    torture('mpart01'),
    ...buffers(
      'INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n' +
        'Content-Type: multipart/mixed;boundary="B b"\r\nContent-Disposition: session;handling=optional\r\n\r\n' +
        '--B b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--B b\r\nContent-Type: multipart/alternative;boundary=C\r\n\r\n' +
        '--C\r\nContent-Type: text/plain\r\nContent-Disposition: x;handling=required\r\n\r\nx\r\n--C--\r\n--B b--\r\n',
    ),
  ],
  read(input) {
    // The head as it is: what is damaged in it is for the other targets.
    const start = input.indexOf('\r\n\r\n');
    const type = /^Content-Type:([^\r\n]*)/im.exec(input.toString('latin1', 0, Math.max(0, start)))?.[1] ?? '';
    const body = input.subarray(start + 4);
    const seen = sessionBody(parseMessage(torture('mpart01')).headers, body);
    splitMultipart(parseTypedValue(type), body);
    return seen.kind === 'description';
  },
};

export const MESSAGE_TARGETS: readonly FuzzTarget[] = [whole, streams, URIS, ADDRESSES, bodies];
