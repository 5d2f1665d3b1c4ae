import { CrosspointError } from '../../base/errors.ts';
import type { VonageProject } from '../../config/projects.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import { VoiceLeader } from './leader.ts';

/** A live call of an application, with what leads it. */
export interface VoiceCall {
  readonly call: ScriptedCall;
  readonly leader: VoiceLeader;
}

/** @throws CrosspointError call.unknown */
export function voiceCall(scripts: ScriptsPort, { id: project }: VonageProject, uuid: string): VoiceCall {
  const call = voiceCallOf(scripts.get(project, uuid));
  if (!call) throw unknownCall();
  return call;
}

export function voiceCalls(scripts: ScriptsPort, { id: project }: VonageProject): VoiceCall[] {
  return scripts.list(project).flatMap(call => voiceCallOf(call) ?? []);
}

/** Other scripts lead calls of the same tenant, too. */
function voiceCallOf(call: ScriptedCall | undefined): VoiceCall | null {
  return call?.leader instanceof VoiceLeader ? { call, leader: call.leader } : null;
}

export function unknownCall(): CrosspointError {
  return new CrosspointError('call.unknown', 'There is no such call');
}
