// A page as its author would write it for OpenTok.js, with completion handlers: talks, listens, and writes.
const { apiKey, sessionId, token, hz } = Object.fromEntries(new URLSearchParams(location.search));
const seen = [];
const levels = {};
const note = text => seen.push(text);

function handleError(error) {
  if (error) note(`${error.name} ${error.code}`);
}

OT.on('exception', event => note(`exception ${event.code} ${event.title}`));

if (OT.checkSystemRequirements() !== 1) note('no WebRTC');

const session = OT.initSession(apiKey, sessionId);
const publisher = OT.initPublisher(
  'me',
  {
    insertMode: 'replace',
    width: '320px',
    height: 240,
    name: `Tone of ${hz} Hz`,
    audioSource: hz ? voice(Number(hz)) : undefined,
    videoSource: null,
    showControls: false,
    style: { nameDisplayMode: 'off', buttonDisplayMode: 'off' },
  },
  handleError,
);

publisher.on({
  accessAllowed: () => note('accessAllowed'),
  accessDenied: () => note('accessDenied'),
  streamCreated: event => note(`published ${event.stream.name}`),
  streamDestroyed: event => {
    note(`unpublished ${event.reason}`);
    // The element stays, to publish again.
    if (event.reason === 'clientDisconnected') event.preventDefault();
  },
  muteForced: () => note('my microphone was muted'),
  destroyed: () => note('my publisher is gone'),
});
publisher.on('audioLevelUpdated', event => {
  levels.me = Math.max(levels.me ?? 0, event.audioLevel);
});

session.on({
  sessionConnected: event => note(`connected ${event.target === session} ${event.connections.length}`),
  sessionDisconnected: event => note(`disconnected ${event.reason}`),
  connectionCreated: event => note(`came ${event.connection.data}`),
  connectionDestroyed: event => note(`left ${event.connection.data} ${event.reason}`),
  muteForced: event => note(`mute ${event.active}`),
});
session.on('streamCreated', event => {
  const { stream } = event;
  const options = { insertMode: 'append', width: '100%', height: '100%' };
  const subscriber = session.subscribe(stream, 'others', options, handleError);
  subscriber.setStyle('backgroundImageURI', 'https://example.com/a"picture.png');
  subscriber.on('connected', () => {
    note(`hears ${stream.name}`);
    subscriber.setAudioVolume(20);
  });
  subscriber.on('audioLevelUpdated', ({ audioLevel }) => {
    levels[stream.name] = Math.max(levels[stream.name] ?? 0, audioLevel);
  });
  subscriber.on('destroyed', () => note(`hears no more ${stream.name}`));
});
session.on('streamDestroyed', event => note(`ended ${event.stream.name} ${event.reason}`));
session.on('streamPropertyChanged', event => {
  if (event.changedProperty === 'hasAudio') note(`${event.stream.name} hasAudio ${event.oldValue}→${event.newValue}`);
});

session.on('signal:msg', event => {
  const line = document.createElement('li');
  line.textContent = event.data;
  line.className = event.from.connectionId === session.connection.connectionId ? 'mine' : 'theirs';
  document.getElementById('history').appendChild(line);
});
session.once('signal', event => note(`first signal ${event.type}`));

document.getElementById('write').addEventListener('submit', event => {
  event.preventDefault();
  const text = document.getElementById('text');
  session.signal({ type: 'msg', data: text.value }, error => {
    if (error) handleError(error);
    else text.value = '';
  });
});

session.connect(token, error => {
  if (error) handleError(error);
  else session.publish(publisher, handleError);
});
