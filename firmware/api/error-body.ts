import { type Static, Type } from 'typebox';
import { type CrosspointError, isCrosspointError } from '../base/errors.ts';
import { statusOf } from './error-status.ts';

/**
 * The body of every answer that is not 2xx (CONTRACT §0: an application's SDK can die of an empty one).
 */
export const ErrorBody = Type.Object({
  code: Type.Integer({ description: 'the HTTP status, or -1 for a credential that was not accepted' }),
  message: Type.String({ description: 'a sentence for people' }),
  error: Type.String({ description: 'the stable code for programs, layer.what' }),
  retriable: Type.Boolean({ description: 'whether the same request can succeed later' }),
});
export type ErrorBody = Static<typeof ErrorBody>;

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

/** What the client is told of a failure. Failures that are not its own are told without their insides. */
export function answerTo(error: unknown): ErrorAnswer {
  if (isCrosspointError(error)) return ofOurs(error);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return ofClient(status, sentenceOf(error, status));
  return {
    status: 500,
    body: { code: 500, message: 'Internal error', error: 'http.internal', retriable: false },
  };
}

function ofOurs(error: CrosspointError): ErrorAnswer {
  const status = statusOf(error);
  const code = error.code === 'http.credential' ? -1 : status;
  const message = status === 500 ? 'Internal error' : error.message;
  return { status, body: { code, message, error: error.code, retriable: error.retriable } };
}

export function ofClient(status: number, message: string): ErrorAnswer {
  const slug = clientErrors[status]?.slug ?? 'bad-request';
  return { status, body: { code: status, message, error: `http.${slug}`, retriable: false } };
}

const clientErrors: Readonly<Record<number, { slug: string; message: string }>> = {
  404: { slug: 'not-found', message: 'Not found' },
  408: { slug: 'timeout', message: 'The request took too long to arrive' },
  413: { slug: 'too-large', message: 'The body is larger than 64 KiB' },
  414: { slug: 'uri-too-long', message: 'The path is too long' },
  415: { slug: 'media-type', message: 'The body must be application/json or application/x-www-form-urlencoded' },
  431: { slug: 'headers-too-large', message: 'The header fields are too large' },
};

/** Our own words, since the framework's may quote the request. */
function sentenceOf(error: unknown, status: number): string {
  const validation = (error as { validation?: readonly { instancePath?: string; message?: string }[] }).validation?.[0];
  if (validation) {
    const where = validation.instancePath?.replaceAll('/', '.').slice(1);
    return `Bad request: ${where ? `${where} ` : 'the body '}${validation.message}`;
  }
  return clientErrors[status]?.message ?? 'Bad request: the body cannot be read';
}
