import { type Static, Type } from 'typebox';
import { closed, header, nullable, Time } from './topics-header.ts';

const TrunkHealth = Type.Enum(['up', 'down', 'unknown'], {
  description: 'unknown: nobody has answered or failed yet, or nobody asks',
});
const trunkReason = nullable(Type.String({ description: 'what was seen of one that is not up' }));

/** Of a box whose status is offline it is what the box saw last. */
export const TrunkMessage = Type.Object(
  {
    ...header,
    trunk: Type.String({ description: 'its name in the configuration' }),
    state: TrunkHealth,
    since: Time('when it got into that state'),
    reason: trunkReason,
    targets: Type.Array(
      Type.Object(
        {
          target: Type.String({ description: 'as configured; of a peer that registered, its Contact' }),
          state: TrunkHealth,
          since: Time('when it got into that state'),
          reason: trunkReason,
        },
        closed,
      ),
    ),
    registration: nullable(
      Type.Object(
        {
          state: Type.Enum(['registering', 'registered', 'failed']),
          since: Time('when it got into that state'),
          reason: nullable(Type.String({ description: 'why the last attempt failed' })),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type TrunkMessage = Static<typeof TrunkMessage>;
