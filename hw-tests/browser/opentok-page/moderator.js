// A page as its author would write it for OpenTok.js, with promises: talks, listens, and moderates.
const { apiKey, sessionId, token, hz } = Object.fromEntries(new URLSearchParams(location.search));
const seen = [];
const streams = new Map();
const subscribers = new Map();
const note = text => seen.push(text);

const session = OT.initSession(apiKey, sessionId);
const context = { name: 'context' };

session.on(
  'streamCreated',
  function (event) {
    note(`sees ${event.stream.name} ${this.name}`);
    streams.set(event.stream.name, event.stream);
    const options = { insertDefaultUI: false };
    const subscriber = session.subscribe(event.stream, null, options, error => error && note(error.name));
    subscribers.set(event.stream.name, subscriber);
    subscriber.on('videoElementCreated', created => document.body.appendChild(created.element));
  },
  context,
);
session.on('streamDestroyed', event => {
  note(`ended ${event.stream.name} ${event.reason}`);
  streams.delete(event.stream.name);
});
const never = () => note('a handler that was taken off');
session.on('connectionCreated', never);
session.off('connectionCreated', never);

async function start() {
  await session.connect(token);
  const devices = await new Promise((resolve, reject) =>
    OT.getDevices((error, found) => (error ? reject(error) : resolve(found))),
  );
  note(`devices ${[...new Set(devices.map(({ kind }) => kind))].sort().join(' ')}`);
  if (!OT.hasMediaProcessorSupport() && !OT.hasEndToEndEncryptionSupport()) note('no filters, no encryption');
  OT.checkScreenSharingCapability(({ supported }) => note(`screen sharing ${supported}`));
  const outputs = await OT.getAudioOutputDevices();
  const last = outputs[outputs.length - 1];
  await OT.setAudioOutputDevice(last.deviceId);
  const active = await OT.getActiveAudioOutputDevice();
  note(
    `heard from ${active.label === last.label ? 'the last' : 'another'} of ${outputs.length > 1 ? 'several' : 'one'}`,
  );
  if (session.capabilities.publish !== 1) return;
  const publisher = OT.initPublisher('publisher', {
    audioSource: voice(Number(hz)),
    videoSource: null,
    name: 'moderator',
  });
  publisher.on('streamCreated', () => note('published'));
  session.publish(publisher);
}

const named = name => streams.get(name);
const failure = promise =>
  promise.then(
    () => 'fine',
    ({ name, code }) => `${name} ${code}`,
  );

start().catch(({ name, code }) => note(`${name} ${code}`));
