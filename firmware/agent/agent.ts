/*
 * A page to take part in a session with: join, talk, call phones. It uses nothing but the SDK; start from it for your own.
 */
import * as OT from '/client/crosspoint.mjs';
import { type Credentials, credentialsOfForm, credentialsOfLink } from './credentials.ts';
import { DeviceChoice } from './device-choice.ts';
import { Keypad } from './keypad.ts';
import { LevelBar } from './level-bar.ts';
import { attempt, byId, complain, say } from './page.ts';
import { People } from './people.ts';
import { qualityText } from './quality-text.ts';

const QUALITY_INTERVAL_MS = 5_000;

async function join({ session: sessionId, token, apiKey }: Credentials): Promise<void> {
  say('Joining …');
  const session = OT.initSession(apiKey, sessionId);
  const keypad = new Keypad(session);
  const people = new People(session, () => keypad.offer(people.phones()));
  session.on({
    sessionReconnecting: () => say('The connection to the box is lost; trying again …'),
    sessionReconnected: () => say('Connected again.'),
    sessionDisconnected: ({ reason }) => left(reason),
  });
  try {
    await session.connect(token);
  } catch (error) {
    say('Not in a session.');
    throw error;
  }
  showRoom(true);
  say(session.connections.length() > 1 ? 'You are in the session.' : 'You are in the session, alone.');
  byId('leave').onclick = () => session.disconnect();
  byId('unblock').onclick = event => {
    (event.currentTarget as HTMLElement).hidden = true;
    void OT.unblockAudio();
  };
  offerToDial(session);
  if (session.capabilities.publish) talk(session);
}

/** The microphone goes into the session. */
function talk(session: OT.Session): void {
  const publisher = OT.initPublisher(null, { videoSource: null, insertDefaultUI: false });
  const bar = new LevelBar(byId('own-level'));
  const mute = byId('mute-self');
  const showMuted = (muted: boolean) => {
    mute.setAttribute('aria-pressed', String(muted));
    byId('own-state').hidden = !muted;
  };
  showMuted(false);
  mute.onclick = () => {
    const muted = mute.getAttribute('aria-pressed') !== 'true';
    publisher.publishAudio(!muted);
    showMuted(muted);
    say(muted ? 'You are muted.' : 'You are heard.');
  };
  publisher.on({
    audioLevelUpdated: ({ audioLevel }) => bar.show(audioLevel),
    muteForced: () => {
      showMuted(true);
      say('A moderator has muted you.');
    },
    mediaStopped: () => complain('The microphone was unplugged.'),
  });
  const timer = setInterval(async () => {
    const quality = publisher.stream ? await session.getQuality(publisher.stream).catch(() => null) : null;
    byId('own-figures').textContent = qualityText(quality);
  }, QUALITY_INTERVAL_MS);
  const microphone = new DeviceChoice({
    id: 'microphone',
    devices: async () => (await OT.getDevices()).filter(({ kind }) => kind === 'audioInput'),
    used: async () => publisher.getAudioSource()?.getSettings().deviceId,
    take: deviceId => publisher.setAudioSource(deviceId),
    sentence: 'You talk into',
  });
  const loudspeaker = new DeviceChoice({
    id: 'loudspeaker',
    devices: OT.getAudioOutputDevices,
    used: async () => (await OT.getActiveAudioOutputDevice()).deviceId,
    take: OT.setAudioOutputDevice,
    sentence: 'You hear the others from',
  });
  publisher.on('accessAllowed', () => {
    void attempt(() => microphone.offer());
    void attempt(() => loudspeaker.offer());
  });
  publisher.on('destroyed', () => {
    clearInterval(timer);
    microphone.close();
    loudspeaker.close();
  });
  session.publish(publisher, error => error && complain(`You are not heard: ${error.message}`));
}

function offerToDial(session: OT.Session): void {
  const form = byId<HTMLFormElement>('dial');
  form.hidden = !session.capabilities.dial;
  form.onsubmit = event => {
    event.preventDefault();
    const to = String(new FormData(form).get('to')).trim();
    void attempt(async () => {
      await session.dial(/^\+?[0-9*# ()-]+$/.test(to) ? { number: to.replace(/[ ()-]/g, '') } : { uri: to });
      form.reset();
      say(`Calling ${to} …`);
    });
  };
}

function left(reason: OT.DisconnectReason): void {
  showRoom(false);
  say('Not in a session.');
  if (reason === 'forceDisconnected') complain('A moderator has removed you from the session.');
  if (reason === 'networkDisconnected') complain('The connection to the box is lost. Join again.');
}

/** The focus goes where the next thing is to be done. */
function showRoom(inside: boolean): void {
  const form = byId<HTMLFormElement>('join');
  form.hidden = inside;
  byId('room').hidden = !inside;
  if (inside) byId('you-title').focus();
  else form.querySelector('input')?.focus();
}

byId('join').onsubmit = event => {
  event.preventDefault();
  const credentials = credentialsOfForm(event.currentTarget as HTMLFormElement);
  if (credentials) void attempt(() => join(credentials));
};
const linked = credentialsOfLink();
if (linked) void attempt(() => join(linked));
