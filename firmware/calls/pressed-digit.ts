import { Type } from 'typebox';
import { sides } from '../quality/call-media.ts';

/** A key that a far end has pressed, as events and the operator's API tell of it. */
export const pressedDigit = {
  side: Type.Enum([...sides], { description: 'of a bridge first: who called' }),
  digit: Type.Union([Type.String({ pattern: '^[0-9A-D*#]$' }), Type.Null()], {
    description: 'null unless tellDigits is set: it may be a PIN',
  }),
  durationMs: Type.Integer(),
  source: Type.Enum(['rfc4733', 'info', 'inband'], { description: 'the way in which it was told of first' }),
};
