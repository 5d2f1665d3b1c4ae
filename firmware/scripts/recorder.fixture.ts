import { CrosspointError } from '../base/errors.ts';
import { newRecording, type RecordingRequest } from '../sessions/recordings/new-recording.ts';
import type { RecordingRecord } from '../sessions/recordings/recording.ts';
import type { ScriptServices } from './script-services.ts';

/** Recordings of a second each, of which nothing is on any disk. */
export class TestRecorder {
  readonly begun: RecordingRequest[] = [];
  readonly stopped: string[] = [];
  refuses = false;
  readonly #records = new Map<string, RecordingRecord>();

  readonly recordings: ScriptServices['recordings'] = {
    begin: async request => {
      if (this.refuses) throw new CrosspointError('media.recording-failed', 'nothing is recorded here');
      this.begun.push(request);
      const record: RecordingRecord = { ...newRecording(request, 1), status: 'started', startedAt: 1 };
      this.#records.set(record.id, record);
      return record;
    },
    stop: async id => {
      this.stopped.push(id);
      const record = this.#records.get(id);
      if (!record) throw new CrosspointError('session.recording-unknown', 'There is no such recording');
      const file = { connectionId: null, streamId: null, offsetMs: 0, missedMs: 0, durationMs: 1000, bytes: 16_044 };
      return { ...record, status: 'stopped', endedAt: 1001, durationMs: 1000, files: [{ name: 'call.wav', ...file }] };
    },
  };
}
