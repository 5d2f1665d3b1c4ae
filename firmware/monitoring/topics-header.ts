import { type TSchema, Type } from 'typebox';

export const closed = { additionalProperties: false } as const;
export const Time = (description: string) => Type.Integer({ description: `${description}, milliseconds since 1970` });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** What every message carries. */
export const header = {
  version: Type.Literal(1),
  id: Type.String({ description: 'UUID; the same event always has the same one' }),
  box: Type.String(),
  bootId: Type.String({ description: 'changes with every start of the service' }),
  sequence: Type.Integer({
    minimum: 0,
    description:
      'rises by one within a boot: one count for the events of all projects, and one for each other kind of message',
  }),
  project: Type.String({ description: '"device" for what belongs to the box itself' }),
  time: Time('when it happened'),
};
