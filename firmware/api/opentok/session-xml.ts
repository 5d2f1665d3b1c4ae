import type { Static } from 'typebox';
import type { CreatedSessions } from './schemas.ts';

export const XML_TYPE = 'application/xml; charset=utf-8';

/** The answer to session/create as SDKs had it before JSON (CONTRACT §1.2). */
export function sessionsAsXml(sessions: Static<typeof CreatedSessions>): string {
  const inner = sessions.map(
    session =>
      `<Session>${element('session_id', session.session_id)}${element('partner_id', session.partner_id)}` +
      `${element('create_dt', session.create_dt)}</Session>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<sessions>${inner.join('')}</sessions>\n`;
}

function element(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${escaped}</${name}>`;
}
