import { type TSchema, Type } from 'typebox';

export const closed = { additionalProperties: false } as const;

export const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
