import { type Static, Type } from 'typebox';
import { isAddress } from './address.ts';
import { Address, Choice, FilePath, Flag, group, Port, refined } from './schema-parts.ts';

/** RFC 1123 §2.1, as certificates want it: no underscore. */
export function isCertificateName(text: string): boolean {
  return (
    text.length <= 253 &&
    !/^[0-9.]+$/.test(text) &&
    text.split('.').every(label => /^[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?$/.test(label))
  );
}

export const HttpSchema = Type.Object(
  {
    host: Address({ description: 'address of the HTTP API', default: '127.0.0.1' }),
    port: Port({ description: 'port of the HTTP API, for HTTPS and plain HTTP alike', default: 8080 }),
    publicUrl: Type.Optional(
      refined(
        Type.String({
          maxLength: 255,
          secret: true,
          expected: 'an http:// or https:// URL without a path',
          description:
            'how applications reach the box, in the addresses of recordings that webhooks tell; default: by host and port',
        }),
        value => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).pathname === '/',
      ),
    ),
    plain: Choice(['always', 'loopback', 'never'], {
      default: 'loopback',
      description: 'who may speak plain HTTP; everybody else is sent to https, save for /trust and /health',
    }),
    tls: Type.Object(
      {
        mode: Choice(['private-ca', 'files', 'off'], {
          default: 'private-ca',
          description:
            'certificates of an authority that the box makes for itself (docs/https.md), those in files, or plain HTTP alone, for everybody',
        }),
        certificateFile: Type.Optional(
          FilePath(
            'files: our certificate, followed by those that lead to its root; taken within a minute when replaced',
          ),
        ),
        keyFile: Type.Optional(FilePath('files: the key of that certificate')),
        names: Type.Array(
          refined(
            Type.String({ expected: 'a DNS name such as box.example.com, or an IP address' }),
            name => isAddress(name) || isCertificateName(name),
          ),
          {
            maxItems: 32,
            default: [],
            description: 'private-ca: more DNS names and addresses under which browsers reach the box',
          },
        ),
        vendorNames: Flag(
          false,
          'private-ca: certify api.opentok.com, video.api.vonage.com, api.nexmo.com, rest.nexmo.com and api.twilio.com too, for applications whose DNS leads there to the box',
        ),
      },
      group,
    ),
  },
  group,
);

export type HttpConfig = Static<typeof HttpSchema>;
