import type { OTEvents } from './crosspoint.d.ts';
import { Emitter } from './emitter.ts';
import { logError } from './log.ts';
import { asOTError, type OTErrorName } from './ot-error.ts';
import { eventWith } from './ot-event.ts';

/** As OpenTok titles them. */
const titles: Readonly<Record<number, string>> = {
  1004: 'Authentication error',
  1005: 'Invalid Session ID',
  1006: 'Connect Failed',
  1010: 'Not Connected',
  1011: 'Invalid Parameter',
  1500: 'Unable to Publish',
  1501: 'Unable to Subscribe',
  1520: 'Unable to Force Disconnect',
  1530: 'Unable to Force Unpublish',
  1535: 'Force Unpublish on Invalid Stream',
};
const OTHER_TITLE = 'Internal Error';

/** What `OT` itself dispatches: an `exception` for whatever goes wrong, beside the completion handler that is told. */
class Exceptions extends Emitter<OTEvents> {
  /**
   * The same promise, whose failure is told of.
   * @param target the session, publisher or subscriber that it happened to
   */
  watch<Result>(promise: Promise<Result>, target: object, otherwise: OTErrorName): Promise<Result> {
    promise.catch(error => {
      const { code, message } = asOTError(error, otherwise);
      const details = { code, message, title: titles[code] ?? OTHER_TITLE };
      // With a handler here no browser reports the rejection as unhandled.
      logError(`${details.title} (${code})`, error);
      this.emit('exception', eventWith('exception', target, details));
    });
    return promise;
  }
}

export const exceptions = new Exceptions();
