import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ProjectId, SessionId } from '../../base/ids.ts';

export const MIN_DIGITS = 4;
export const MAX_DIGITS = 12;

/** A PIN that leads callers into a session. Never in a log, an event or an error. */
export interface Pin {
  readonly id: string;
  readonly createdAt: number;
  /** `MIN_DIGITS` to `MAX_DIGITS` digits; no other live PIN has them. */
  readonly pin: string;
  readonly project: ProjectId;
  readonly session: SessionId;
  /** Milliseconds since 1970; null: it does not end by itself. */
  readonly expiresAt: number | null;
  /** Callers that it lets in; null: as many as come. */
  readonly maxUses: number | null;
  readonly uses: number;
}

const PinRecord = Type.Object({
  id: Type.String(),
  createdAt: Type.Integer(),
  pin: Type.String({ pattern: '^[0-9]{4,12}$' }),
  project: Type.String(),
  session: Type.String(),
  expiresAt: Type.Union([Type.Integer(), Type.Null()]),
  maxUses: Type.Union([Type.Integer(), Type.Null()]),
  uses: Type.Integer(),
});

const record = Compile(PinRecord);

/** Whether that is a PIN as this release stores it. */
export function isPin(value: unknown): value is Pin {
  return record.Check(value);
}
