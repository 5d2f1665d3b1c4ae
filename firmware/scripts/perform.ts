import { sipFailure } from '../calls/reasons.ts';
import { type Acting, type After, GO_ON, HANG_UP } from './acting.ts';
import type { Action, Gather } from './action.ts';
import { conference } from './actions/conference.ts';
import { connect } from './actions/connect.ts';
import { gather } from './actions/gather.ts';
import { recordVoice } from './actions/record.ts';
import { playPrompt } from './play-prompt.ts';

/**
 * Carries out one action.
 * @throws CrosspointError what makes it impossible; the reason of the signal
 */
export async function perform(run: Acting, action: Action, signal: AbortSignal): Promise<After> {
  switch (action.kind) {
    case 'say':
    case 'play':
    case 'pause':
      await playPrompt(run, action, signal);
      return GO_ON;
    case 'gather':
      return gathered(run, action, signal);
    case 'conference':
      return conference(run, action, signal);
    case 'connect':
      return connect(run, action, signal);
    case 'record':
      return recordVoice(run, action, signal);
    case 'notify':
      return run.continue(action.next, { kind: 'notified', payload: action.payload }, signal);
    case 'redirect':
      return run.continue({ target: action.target }, { kind: 'redirected' }, signal);
    case 'reject':
      await run.led.hangUp('application', run.led.answered ? undefined : action.as === 'busy' ? BUSY : DECLINED);
      return HANG_UP;
    case 'hang-up':
      await run.led.hangUp('application');
      return HANG_UP;
    default:
      return action satisfies never;
  }
}

const BUSY = sipFailure(486, 'Busy Here');
const DECLINED = sipFailure(603, 'Decline');

async function gathered(run: Acting, action: Gather, signal: AbortSignal): Promise<After> {
  run.answer();
  const { keys } = run;
  const { clock } = run.call;
  const outcome = await gather(action, { keys, clock, play: until => run.play(action.prompts, until) }, signal);
  if (!action.next || (outcome.digits === '' && !action.tellsNothing)) return GO_ON;
  return run.continue(action.next, outcome, signal);
}
