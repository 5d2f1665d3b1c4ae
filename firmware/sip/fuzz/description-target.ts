import { readdirSync, readFileSync } from 'node:fs';
import { answerOffer, readAnswer } from '../../sdp/answer.ts';
import { answerToFirstSide, offerToSecondSide } from '../../sdp/bridge.ts';
import { parseCrypto } from '../../sdp/crypto-line.ts';
import { makeOffer } from '../../sdp/offer.ts';
import { parseDescription } from '../../sdp/parse-description.ts';
import { BROWSER, DESK_PHONE, OURS, phone } from '../../sdp/sdp.samples.ts';
import { ipv6Torture } from '../message/torture.samples.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const CRYPTO = `1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 1).toString('base64')}|2^31|1:4`;
const ours = { ...OURS, security: 'prefer-sdes' } as const;
const ourOffer = makeOffer(ours);
/** As phones and gateways write them; each with what the others have not. */
const corpus = new URL('corpus/descriptions/', import.meta.url);
const bodyOf = (message: Buffer) => message.subarray(message.indexOf('\r\n\r\n') + 4);

/** Descriptions, through everything that a call does with one. */
export const DESCRIPTIONS: FuzzTarget = {
  name: 'descriptions',
  seeds: [
    Buffer.from(phone(...DESK_PHONE, `a=crypto:${CRYPTO}`)),
    Buffer.from(phone(...DESK_PHONE, 'a=sendonly')),
    Buffer.from(BROWSER),
    Buffer.from(ourOffer),
    bodyOf(ipv6Torture('ipv6-in-sdp')),
    bodyOf(ipv6Torture('mult-ip-in-sdp')),
    ...readdirSync(corpus).map(name => readFileSync(new URL(name, corpus))),
  ],
  read(input) {
    const text = input.toString();
    parseCrypto(text);
    answerOffer(text, ours);
    answerOffer(text, { ...ours, previous: ourOffer }, { inSession: true });
    offerToSecondSide({ firstOffer: text, ours, relayAll: true });
    const read = readAnswer(ourOffer, text);
    if (read.kind === 'agreed')
      answerToFirstSide({ firstOffer: text, secondAgreed: read.agreed, ours, relayAll: true });
    return parseDescription(text).media.length > 0;
  },
};
