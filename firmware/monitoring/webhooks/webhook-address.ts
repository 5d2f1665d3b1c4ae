import type { ProjectId } from '../../base/ids.ts';

/** What a webhook is told of: calls, sessions, or what was registered for. */
export const webhookKinds = ['call', 'session', 'callback'] as const;
export type WebhookKind = (typeof webhookKinds)[number];

/** Where a webhook is, and whose. */
export interface WebhookAddress {
  readonly project: ProjectId;
  readonly kind: WebhookKind;
  readonly url: URL;
  /** Signs what it is sent (signature.ts); null: nothing is signed. */
  readonly secret: string | null;
}
