import type { DialogRequest } from '../../sip/dialog/dialog-listener.ts';
import type { BridgeSide } from './bridge-side.ts';
import { carriedHeaders } from './carried-headers.ts';

const MAX_BODY = 8192;

/** A MESSAGE within a call goes to the other side where the policy of its trunk lets it (RFC 3428 §7); its answer comes back. */
export async function passMessage(from: BridgeSide, to: BridgeSide, message: DialogRequest): Promise<void> {
  const { request, body } = message;
  const { dialog } = to;
  if (from.trunk?.config.messages !== 'accept') return message.respond(405);
  if (body.length > MAX_BODY) return message.respond(413);
  if (!dialog) return message.respond(480);
  const answer = await dialog.request('MESSAGE', {
    body,
    contentType: request.headers.get('Content-Type') ?? 'text/plain',
    headers: carriedHeaders(request.headers, from.trunk),
  });
  message.respond(answer.status ?? 408);
}
