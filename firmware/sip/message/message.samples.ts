// Messages for the tests and the benchmark beside this file.

const lines = (...text: string[]) => text.join('\r\n');

const SDP = lines(
  'v=0',
  'o=alice 2890844526 2890844526 IN IP4 pc33.atlanta.com',
  's=Session SDP',
  'c=IN IP4 192.0.2.101',
  't=0 0',
  'm=audio 49172 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=ptime:20',
  'a=sendrecv',
  '',
);

/** An INVITE as a desk phone sends it, with an offer. */
export const INVITE = lines(
  'INVITE sip:bob@biloxi.com SIP/2.0',
  'Via: SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8;received=192.0.2.1',
  'Max-Forwards: 69',
  'To: Bob <sip:bob@biloxi.com>',
  'From: "Alice Liddell" <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710@pc33.atlanta.com',
  'CSeq: 314159 INVITE',
  'Contact: <sip:alice@pc33.atlanta.com;transport=udp>',
  'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, UPDATE',
  'Supported: replaces, timer, 100rel',
  'User-Agent: Desk phone 7.1',
  'Content-Type: application/sdp',
  `Content-Length: ${Buffer.byteLength(SDP)}`,
  '',
  SDP,
);

/** RFC 3261 §24.2 F9. */
export const OK = lines(
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP server10.biloxi.com;branch=z9hG4bK4b43c2ff8.1;received=192.0.2.3',
  'Via: SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1;received=192.0.2.2',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8 ;received=192.0.2.1',
  'To: Bob <sip:bob@biloxi.com>;tag=a6c85cf',
  'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710@pc33.atlanta.com',
  'CSeq: 314159 INVITE',
  'Contact: <sip:bob@192.0.2.4>',
  'Content-Length: 0',
  '',
  '',
);

/** Compact names, folding, several elements in a field, odd blanks and cases: all of it legal. */
export const UNUSUAL = lines(
  'OPTIONS sip:[2001:db8::10]:5070;transport=TCP SIP/2.0',
  'v:SIP/2.0/TCP first.example.com:4000;branch=z9hG4bK1;rport , SIP / 2.0 / UDP',
  '  192.0.2.2;ttl=3 ; branch=z9hG4bK2',
  't: "Comma, \\"Quote\\" <x>" <sip:[2001:db8::10]:5070> ; TAG = abc',
  'FROM :\tsip:caller@example.net;tag=98asjd8',
  'i: 0ha0isndaksdj@10.1.2.3',
  'cseq:   0009',
  '\tOPTIONS',
  'm: "Quoted, string" <sip:a,b@example.com;x=1?y=2>;q=0.7, sip:plain@example.com;expires=3600',
  'route:<sip:p1.example.com;lr>,<sip:p2.example.com;lr>',
  'X-Unknown-Header: kept, as it is',
  's:',
  'MAX-forwards: 0',
  'l: 0',
  '',
  '',
);

/** RFC 3261 §24.1 F1, with bindings. */
export const REGISTER = lines(
  'REGISTER sip:registrar.biloxi.com SIP/2.0',
  'Via: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7',
  'Max-Forwards: 70',
  'To: Bob <sip:bob@biloxi.com>',
  'From: Bob <sip:bob@biloxi.com>;tag=456248',
  'Call-ID: 843817637684230@998sdasdh09',
  'CSeq: 1826 REGISTER',
  'Contact: <sip:bob@192.0.2.4>',
  'Expires: 7200',
  'Authorization: Digest username="bob", realm="biloxi.com", nonce="84a4cc6f3082121f32b42a2187831a9e",',
  ' uri="sip:registrar.biloxi.com", response="7587245234b3434cc3412213e5f113a5"',
  'Content-Length: 0',
  '',
  '',
);
