/** Offers as real WebRTC clients write them; line ends as theirs. */

const crlf = (text: string) => `${text.trim().split('\n').join('\r\n')}\r\n`;

export const FINGERPRINT =
  'AB:12:CD:34:EF:56:01:23:45:67:89:AB:CD:EF:10:32:54:76:98:BA:DC:FE:0F:1E:2D:3C:4B:5A:69:78:87:96';

const CHROMIUM_AUDIO = `
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:q3Hx
a=ice-pwd:Zc1k8b6vXkq0fPpSnvTzRXxw
a=ice-options:trickle
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=DIRECTION
a=msid:f0d1 9c1a3b52-7f3e-4a44-9d0a-0c9a0f2f6a11
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:2771354127 cname:0s6IqK0xTe5m1h2Y
a=ssrc:2771354127 msid:f0d1 9c1a3b52-7f3e-4a44-9d0a-0c9a0f2f6a11`.trim();

/** Of Chromium 156, with the H.264 formats in its order; AV1 and VP9 left out. */
const CHROMIUM_VIDEO = `
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 118 119 120
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:q3Hx
a=ice-pwd:Zc1k8b6vXkq0fPpSnvTzRXxw
a=ice-options:trickle
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
a=mid:1
a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 urn:3gpp:video-orientation
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=DIRECTION
a=msid:f0d1 6a1f3f0c-65c9-4d21-8c92-6a2a0d3cbd77
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=rtcp-fb:102 goog-remb
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:104 H264/90000
a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
a=rtpmap:107 rtx/90000
a=fmtp:107 apt=104
a=rtpmap:108 H264/90000
a=rtcp-fb:108 goog-remb
a=rtcp-fb:108 transport-cc
a=rtcp-fb:108 ccm fir
a=rtcp-fb:108 nack
a=rtcp-fb:108 nack pli
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:109 rtx/90000
a=fmtp:109 apt=108
a=rtpmap:118 red/90000
a=rtpmap:119 rtx/90000
a=fmtp:119 apt=118
a=rtpmap:120 ulpfec/90000
a=ssrc-group:FID 3141 5926
a=ssrc:3141 cname:0s6IqK0xTe5m1h2Y
a=ssrc:5926 cname:0s6IqK0xTe5m1h2Y`.trim();

const chromium = (mids: string, ...media: string[]) =>
  crlf(`
v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE ${mids}
a=extmap-allow-mixed
a=msid-semantic: WMS f0d1
${media.join('\n')}`);

const audio = (direction: string) => CHROMIUM_AUDIO.replace('DIRECTION', direction);
const video = (direction: string) => CHROMIUM_VIDEO.replace('DIRECTION', direction);

export const CHROMIUM_PUBLISHES = chromium('0', audio('sendonly'));
export const CHROMIUM_SUBSCRIBES = chromium('0', audio('recvonly'));
export const CHROMIUM_WITH_CAMERA = chromium('0 1', audio('sendonly'), video('sendonly'));
export const CHROMIUM_CAMERA_FIRST = chromium('1 0', video('sendonly'), audio('sendonly'));
export const CHROMIUM_CAMERA_ALONE = chromium('1', video('sendonly'));
/** With the layers that the SDK asks of it; the packets of layers name them. */
export const CHROMIUM_LAYERS = CHROMIUM_WITH_CAMERA.replace(
  /a=ssrc-group:FID.*$/s,
  [
    'a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
    'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
    'a=rid:l0 send',
    'a=rid:l1 send',
    'a=rid:l2 send',
    'a=simulcast:send l0;l1;l2',
    '',
  ].join('\r\n'),
);
export const CHROMIUM_WATCHES = chromium('0 1', audio('recvonly'), video('recvonly'));

/** Fingerprint and BUNDLE of the session, sendrecv, a=setup with the media, a data channel behind it. */
export const FIREFOX = crlf(`
v=0
o=mozilla...THIS_IS_SDPARTA-99.0 3948502193847562011 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 ${FINGERPRINT}
a=group:BUNDLE 0 1
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=sendrecv
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:c9a0f5b8e1e4b6fbb5ac2fd2a4f1a7de
a=ice-ufrag:8d1b2c3d
a=mid:0
a=msid:{3f1d9a42-6c5e-4f0c-9b1e-2a7c8d9e0f11} {aa4f1d9a-6c5e-4f0c-9b1e-2a7c8d9e0f22}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:1402846915 cname:{d5c4b3a2-1f0e-4d9c-8b7a-6f5e4d3c2b1a}
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=sendrecv
a=ice-pwd:c9a0f5b8e1e4b6fbb5ac2fd2a4f1a7de
a=ice-ufrag:8d1b2c3d
a=mid:1
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823`);

/** webrtcbin of GStreamer 1.22 behind whipsink: one payload type of 96, no fmtp, candidates in it. */
export const GSTREAMER = crlf(`
v=0
o=- 4250172361928374650 0 IN IP4 0.0.0.0
s=-
t=0 0
a=ice-options:trickle
a=group:BUNDLE audio0
m=audio 9 UDP/TLS/RTP/SAVPF 97
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:fKvQ4vAq9rJvYc7m+9fK3n0W/qsnF6yD
a=ice-pwd:x2nN8b6vXkq0fPpSnvTzRXxwaZc1k8b6
a=rtcp-mux
a=rtcp-rsize
a=sendonly
a=rtpmap:97 OPUS/48000/2
a=rtcp-fb:97 transport-cc
a=ssrc:3484078950 msid:user3344942761@host-c94b7f5b webrtctransceiver0
a=ssrc:3484078950 cname:user3344942761@host-c94b7f5b
a=mid:audio0
a=fingerprint:sha-256 ${FINGERPRINT}
a=candidate:1 1 UDP 2015363327 192.0.2.7 40123 typ host
a=end-of-candidates`);
