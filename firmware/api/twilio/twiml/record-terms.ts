import type { EventTarget, RecordTerms } from '../../../scripts/action.ts';
import type { Attributes } from './attributes.ts';

/** How a recording is made, and who is told of it. */
export function recordTermsOf(attributes: Attributes, channels: RecordTerms['channels']): RecordTerms {
  const target = attributes.target('recordingStatusCallback', 'recordingStatusCallbackMethod');
  const events: EventTarget | null = target && { ...target, events: attributes.events('recordingStatusCallbackEvent') };
  return { format: 'wav', channels, events };
}

/** Of `record`; null: nothing is recorded. */
export function wantedRecording(attributes: Attributes): RecordTerms | null {
  const wish = attributes.choice('record');
  if (wish === 'do-not-record' || wish === 'false') return null;
  return recordTermsOf(attributes, wish.endsWith('-dual') ? 'dual' : 'mono');
}
