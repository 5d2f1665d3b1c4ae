// The page's own sound instead of a microphone: a steady tone.
function voice(hz) {
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: hz });
  const level = new GainNode(audio, { gain: 0.22 });
  const out = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
  tone.connect(level).connect(out);
  tone.start();
  return out.stream.getAudioTracks()[0];
}
