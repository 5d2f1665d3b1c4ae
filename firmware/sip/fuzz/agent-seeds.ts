/** Requests of calls that belong together, so that what is damaged in them meets dialogs and transactions. */
const request = (method: string, number: number, ...more: string[]) =>
  Buffer.from(
    [
      `${method} sip:room@127.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.44.75:5060;branch=z9hG4bK${method === 'ACK' || method === 'CANCEL' ? 'INVITE' : method}${number};rport`,
      'Max-Forwards: 70',
      'From: "A" <sip:a@127.0.44.75>;tag=7',
      'To: <sip:room@127.0.0.1>',
      `Call-ID: call-${number}`,
      `CSeq: ${number} ${method}`,
      'Contact: <sip:a@127.0.44.75:5060>',
      ...more,
      '',
    ].join('\r\n'),
  );

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.44.75\r\ns=-\r\nc=IN IP4 127.0.44.75\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const withSdp = [`Content-Type: application/sdp`, `Content-Length: ${SDP.length}`, '', SDP];

export const CALLS: readonly Buffer[] = [1, 2, 3].flatMap(number => [
  request('INVITE', number, 'Supported: 100rel, timer', 'Session-Expires: 1800;refresher=uas', ...withSdp),
  request('INVITE', number, 'Require: 100rel', 'Record-Route: <sip:127.0.44.75;lr>', 'Content-Length: 0', ''),
  request('INVITE', number, 'Expires: 5', 'Replaces: call-1;from-tag=7;to-tag=8', ...withSdp),
  request('ACK', number, 'Content-Length: 0', ''),
  request('CANCEL', number, 'Reason: Q.850;cause=16;text="x"', 'Content-Length: 0', ''),
  request('PRACK', number, `RAck: 1 ${number} INVITE`, 'Content-Length: 0', ''),
  request('UPDATE', number, 'Session-Expires: 90', ...withSdp),
  request('INFO', number, 'Content-Type: application/dtmf-relay', 'Content-Length: 10', '', 'Signal=5\r\n'),
  request(
    'REFER',
    number,
    'Refer-To: <sip:b@127.0.44.75?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>',
    'Content-Length: 0',
    '',
  ),
  request('SUBSCRIBE', number, 'Event: refer', 'Expires: 60', 'Content-Length: 0', ''),
  request('BYE', number, 'Content-Length: 0', ''),
]);
