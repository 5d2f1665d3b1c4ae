import type { ProjectId } from '../../base/ids.ts';

/** What a webhook is told of: calls, sessions, what was registered for, or what scripts tell. */
export const webhookKinds = ['call', 'session', 'callback', 'script'] as const;
export type WebhookKind = (typeof webhookKinds)[number];

/** Where a webhook is, and whose. */
export interface WebhookAddress {
  readonly project: ProjectId;
  readonly kind: WebhookKind;
  /** null: each event brings its own. */
  readonly url: URL | null;
  /** Signs what it is sent (signature.ts); null: nothing is signed. */
  readonly secret: string | null;
  /** Signs what scripts tell, too (twilio-signature.ts); absent, null: it is not signed so. */
  readonly authToken?: string | null;
}
