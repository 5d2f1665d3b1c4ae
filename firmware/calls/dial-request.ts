/** What an application asks for when it dials (OpenTok dial, CONTRACT §1.4), checked by the API before it comes here. */
export interface DialRequest {
  /** `sip:` or `sips:user@host[:port][;transport=udp|tcp|tls]` */
  readonly uri: string;
  /** `user@host`, or undefined for no identity. */
  readonly from: string | undefined;
  /** Custom headers (X-…), in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Digest credentials for the far end. */
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  /** Media must be secured (SRTP): a far end that cannot is not connected. */
  readonly secure: boolean;
  /** The participant token's connection_data. */
  readonly connectionData: string;
  /** What the token calls its stream in layouts; absent: nothing. */
  readonly layoutClasses?: readonly string[];
  /** The streams that alone it hears, also those that nobody publishes yet; absent: everybody's. */
  readonly streams?: readonly string[];
  /** False for a participant who may only listen: what the far end says is not heard in the session. */
  readonly publishes: boolean;
  /** A moderator and the keys *6 mute it; without that both are ignored. */
  readonly observeForceMute: boolean;
}
