import { connect } from './actions/connect.ts';
import { conversation } from './actions/conversation.ts';
import { input } from './actions/input.ts';
import { notify } from './actions/notify.ts';
import { record } from './actions/record.ts';
import { stream } from './actions/stream.ts';
import { talk } from './actions/talk.ts';
import { wait } from './actions/wait.ts';
import type { NccoAction } from './ncco-action.ts';

/** CONTRACT §3.4, by what stands in `action`. */
export const nccoActions: Readonly<Record<string, NccoAction>> = {
  talk,
  stream,
  input,
  conversation,
  connect,
  record,
  notify,
  wait,
};
