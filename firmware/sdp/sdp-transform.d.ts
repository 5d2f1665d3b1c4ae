/** The part of sdp-transform that is used here; the package brings no types. Numbers come as numbers when they are. */
declare module 'sdp-transform' {
  export interface RawRtpMap {
    payload: number | string;
    codec: string | number;
    rate?: number | string;
    encoding?: number | string;
  }

  export interface RawFmtp {
    payload: number | string;
    config: string | number;
  }

  export interface RawConnection {
    version: number;
    ip: string | number;
  }

  export interface RawMedia {
    type?: string | number;
    port?: number | string;
    protocol?: string | number;
    payloads?: string | number;
    connection?: RawConnection;
    rtp: RawRtpMap[];
    fmtp: RawFmtp[];
    rtcp?: { port: number | string; netType?: string; ipVer?: number; address?: string | number };
    rtcpMux?: string;
    ptime?: number | string;
    maxptime?: number | string;
    direction?: string;
  }

  export interface RawSession {
    version?: number | string;
    origin?: {
      username: string | number;
      sessionId: number | string;
      sessionVersion: number | string;
      netType: string;
      ipVer: number;
      address: string | number;
    };
    name?: string | number;
    connection?: RawConnection;
    timing?: { start: number; stop: number };
    direction?: string;
    media: RawMedia[];
  }

  export function parse(text: string): RawSession;
}
