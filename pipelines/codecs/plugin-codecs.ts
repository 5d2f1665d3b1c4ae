import { type AudioCodec, PACKET_TIMES } from './audio-codec.ts';
import { AUDIO_CODECS } from './codecs.ts';

/**
 * Every codec in every packet time that it can be sent in, as `leg.update` says it: a line of JSON each. The plugin's
 * own tests read it (pipelines/plugin/tests/matrix/codecs.jsonl), so that they speak of the codecs that calls use.
 *
 *     npx tsx pipelines/codecs/write-plugin-codecs.ts
 */
export function pluginCodecs(): string {
  return `${AUDIO_CODECS.flatMap(lines).join('\n')}\n`;
}

export const PLUGIN_CODECS_FILE = new URL('../plugin/tests/matrix/codecs.jsonl', import.meta.url);

const NO_PARAMETERS = new Map<string, string>();

function lines(codec: AudioCodec): string[] {
  const { name, payloadType, clockRate, sampleRate, implementation } = codec;
  const same = { name, payloadType, clockRate };
  return (codec.packetTimes ?? PACKET_TIMES).map(packetMs =>
    JSON.stringify({
      packetMs,
      send: { ...same, ...(codec.sending?.(NO_PARAMETERS, packetMs) ?? { sampleRate, implementation }) },
      receive: [{ ...same, ...(codec.receiving?.(NO_PARAMETERS) ?? { sampleRate, implementation }) }],
    }),
  );
}
