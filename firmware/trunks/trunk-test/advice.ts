/** What to change, by what was seen. The words are for whoever reads the configuration file. */

const BY_CODE: Readonly<Record<string, readonly string[]>> = {
  'sip.timeout': [
    'nothing came back: check address, port and transport of the target, and that a firewall lets answers in',
    'many carriers are silent to addresses that they do not know: give them the public address of this box',
  ],
  'sip.send-failed': [
    'no connection: check the port, and whether the peer speaks this transport (;transport=udp, tcp or tls)',
  ],
  'sip.target-unresolved': ['the host name does not resolve: check its spelling and the name servers (sip.dnsServers)'],
  'sip.target-not-allowed': ['the address is private and allowPrivateTargets is false'],
  'sip.transport-unsupported': ['sip.listeners needs one of that transport and address family to send from'],
};

const BY_STATUS: Readonly<Record<number, readonly string[]>> = {
  401: ['the password was refused: check auth.username and auth.password; the name may differ from the number'],
  407: ['the password was refused: check auth.username and auth.password; the name may differ from the number'],
  403: [
    'the peer refuses us: it may know our address by an allow-list (give it the public address of this box), want another caller (identity.number), not allow this destination, or say so to a wrong password',
  ],
  404: ['the peer does not know the number: try another numbers.out (e164, plain, national, international)'],
  408: ['a proxy got no answer from behind it: ask the peer'],
  415: ['the peer does not take our kind of body: ask it for SDP'],
  420: ['the peer wants no extension of ours: ask it which one (Unsupported)'],
  423: ['the peer wants a longer register.expiresSeconds'],
  480: ['the called number is not there now'],
  484: ['the number is incomplete for the peer: try another numbers.out (e164, plain, national, international)'],
  486: ['the called number is busy: call another one'],
  488: [
    'no codec or encryption in common: check codecs (PCMU, PCMA) and media (rtp, srtp, prefer-srtp) of this trunk against what the peer has',
  ],
  503: ['the peer takes no calls now, or not from us: some carriers say so to unknown addresses and over their limits'],
  603: ['the call was declined: the peer may want a caller number of yours (identity.number)'],
  606: ['no codec or encryption in common: check codecs and media of this trunk'],
};

/** Of a failure without an answer. */
export function adviceForCode(code: string): readonly string[] {
  return BY_CODE[code] ?? [];
}

/** @param hasAuth whether the trunk has `auth` */
export function adviceForStatus(status: number, hasAuth: boolean): readonly string[] {
  if ((status === 401 || status === 407) && !hasAuth)
    return ['the peer wants a password: set auth of this trunk, or have it know our address instead'];
  return BY_STATUS[status] ?? [];
}

/** Of a TLS connection that could not be made or trusted, by OpenSSL's and Node's codes. */
export function adviceForTls(code: string): readonly string[] {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'sip.tls-name':
      return ['the certificate names another host: write the name that it has in the target'];
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return ['nobody we trust has signed the certificate: set tls.caFile of this trunk to the authority of the peer'];
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return ['the certificate is out of date: ask the peer for a new one, and check the clock of this box'];
    case 'ECONNREFUSED':
      return ['nobody listens there: the usual port of TLS is 5061, of TCP 5060'];
    case 'ETIMEDOUT':
      return ['no connection in time: a firewall on the way, or the wrong address'];
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return ['the port does not speak TLS 1.2 or newer: it may be the one of plain TCP'];
    default:
      return /CERTIFICATE|HANDSHAKE/i.test(code)
        ? ['the peer wants a certificate of ours: set tls.certificateFile and tls.keyFile']
        : [];
  }
}
