/** How urgent: look at it some time, look at it today, calls suffer now. */
export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export type AlertDetail = Readonly<Record<string, string | number | boolean | null>>;

/** Something that somebody should look at. */
export interface Alert {
  /** The same for the same trouble: letters, digits and hyphens. */
  readonly id: string;
  readonly severity: Severity;
  /** For a person: what is wrong and what helps. */
  readonly sentence: string;
  /** The figures and names behind it; no secrets. */
  readonly detail: AlertDetail;
  /** Milliseconds since 1970. */
  readonly since: number;
}
