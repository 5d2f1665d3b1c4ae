import type { Video } from '@vonage/video';

/** What an SDK does, and which request of ours it is made of. */
export interface Operation<Run> {
  readonly name: string;
  /** As in the route table. */
  readonly route: string;
  readonly run: Run;
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK comes without types
type Opentok = any;
type Done = (error: unknown) => void;

const S = '2_session';
const project = (rest: string) => `/v2/project/:apiKey/${rest}`;
const session = (rest: string) => project(`session/:sessionId/${rest}`);

/** Every operation of the `opentok` SDK that asks for something; `done` is handed over as its callback. */
export const opentokOperations: readonly Operation<(sdk: Opentok, done: Done) => void>[] = [
  of('createSession', 'POST /session/create', (sdk, done) => sdk.createSession({ mediaMode: 'routed' }, done)),
  of('dial', `POST ${project('dial')}`, (sdk, done) => sdk.dial(S, 'token', 'sip:a@b', {}, done)),
  of('forceDisconnect', `DELETE ${session('connection/:connectionId')}`, (sdk, done) =>
    sdk.forceDisconnect(S, 'c', done),
  ),
  of('playDTMF to all', `POST ${session('play-dtmf')}`, (sdk, done) => sdk.playDTMF(S, null, '1', done)),
  of('playDTMF to one', `POST ${session('connection/:connectionId/play-dtmf')}`, (sdk, done) =>
    sdk.playDTMF(S, 'c', '1', done),
  ),
  of('listStreams', `GET ${session('stream')}`, (sdk, done) => sdk.listStreams(S, done)),
  of('getStream', `GET ${session('stream/:streamId')}`, (sdk, done) => sdk.getStream(S, 's', done)),
  of('setStreamClassLists', `PUT ${session('stream')}`, (sdk, done) =>
    sdk.setStreamClassLists(S, [{ id: 's', layoutClassList: ['a'] }], done),
  ),
  of('forceMuteStream', `POST ${session('stream/:streamId/mute')}`, (sdk, done) => sdk.forceMuteStream(S, 's', done)),
  of('forceMuteAll', `POST ${session('mute')}`, (sdk, done) => sdk.forceMuteAll(S, {}, done)),
  of('disableForceMute', `POST ${session('mute')}`, (sdk, done) => sdk.disableForceMute(S, done)),
  of('signal to all', `POST ${session('signal')}`, (sdk, done) => sdk.signal(S, null, { type: 'a', data: 'b' }, done)),
  of('signal to one', `POST ${session('connection/:connectionId/signal')}`, (sdk, done) =>
    sdk.signal(S, 'c', { type: 'a', data: 'b' }, done),
  ),
  of('startArchive', `POST ${project('archive')}`, (sdk, done) => sdk.startArchive(S, {}, done)),
  of('stopArchive', `POST ${project('archive/:archiveId/stop')}`, (sdk, done) => sdk.stopArchive('a', done)),
  of('getArchive', `GET ${project('archive/:archiveId')}`, (sdk, done) => sdk.getArchive('a', done)),
  of('listArchives', `GET ${project('archive')}`, (sdk, done) => sdk.listArchives({}, done)),
  of('deleteArchive', `DELETE ${project('archive/:archiveId')}`, (sdk, done) => sdk.deleteArchive('a', done)),
  of('addArchiveStream', `PATCH ${project('archive/:archiveId/streams')}`, (sdk, done) =>
    sdk.addArchiveStream('a', 's', {}, done),
  ),
  of('removeArchiveStream', `PATCH ${project('archive/:archiveId/streams')}`, (sdk, done) =>
    sdk.removeArchiveStream('a', 's', done),
  ),
  of('setArchiveLayout', `PUT ${project('archive/:archiveId/layout')}`, (sdk, done) =>
    sdk.setArchiveLayout('a', 'bestFit', null, null, done),
  ),
  of('registerCallback', `POST ${project('callback')}`, (sdk, done) =>
    sdk.registerCallback({ group: 'connection', event: 'created', url: 'http://a/' }, done),
  ),
  of('unregisterCallback', `DELETE ${project('callback/:callbackId')}`, (sdk, done) =>
    sdk.unregisterCallback('c', done),
  ),
  of('listCallbacks', `GET ${project('callback')}`, (sdk, done) => sdk.listCallbacks(done)),
  of('startBroadcast', `POST ${project('broadcast')}`, (sdk, done) =>
    sdk.startBroadcast(S, { outputs: { hls: {} } }, done),
  ),
  of('stopBroadcast', `POST ${project('broadcast/*')}`, (sdk, done) => sdk.stopBroadcast('b', done)),
  of('getBroadcast', `GET ${project('broadcast/*')}`, (sdk, done) => sdk.getBroadcast('b', done)),
  of('listBroadcasts', `GET ${project('broadcast')}`, (sdk, done) => sdk.listBroadcasts({}, done)),
  of('setBroadcastLayout', `PUT ${project('broadcast/*')}`, (sdk, done) =>
    sdk.setBroadcastLayout('b', 'bestFit', null, null, done),
  ),
  of('addBroadcastStream', `PATCH ${project('broadcast/*')}`, (sdk, done) =>
    sdk.addBroadcastStream('b', 's', {}, done),
  ),
  of('removeBroadcastStream', `PATCH ${project('broadcast/*')}`, (sdk, done) =>
    sdk.removeBroadcastStream('b', 's', done),
  ),
  of('startCaptions', `POST ${project('captions')}`, (sdk, done) => sdk.startCaptions(S, 'token', {}, done)),
  of('stopCaptions', `POST ${project('captions/*')}`, (sdk, done) => sdk.stopCaptions('c', done)),
  of('startRender', `POST ${project('render')}`, (sdk, done) => sdk.startRender({ sessionId: S, token: 't' }, done)),
  of('listRenders', `GET ${project('render')}`, (sdk, done) => sdk.listRenders({ count: 5 }, done)),
  of('getRender', `GET ${project('render/*')}`, (sdk, done) => sdk.getRender('r', done)),
  of('stopRender', `DELETE ${project('render/*')}`, (sdk, done) => sdk.stopRender('r', done)),
  of('websocketConnect', `POST ${project('connect')}`, (sdk, done) =>
    sdk.websocketConnect(S, 'token', 'wss://a/', {}, done),
  ),
];

/** Every operation of `@vonage/video` that asks for something. */
export const videoOperations: readonly Operation<(sdk: Video) => Promise<unknown>>[] = [
  of('createSession', 'POST /session/create', sdk => sdk.createSession()),
  of('initiateSIPCall', `POST ${project('dial')}`, sdk =>
    sdk.initiateSIPCall(S, { token: 't', sip: { uri: 'sip:a@b' } }),
  ),
  of('disconnectClient', `DELETE ${session('connection/:connectionId')}`, sdk => sdk.disconnectClient(S, 'c')),
  of('playDTMF to all', `POST ${session('play-dtmf')}`, sdk => sdk.playDTMF(S, '1')),
  of('playDTMF to one', `POST ${session('connection/:connectionId/play-dtmf')}`, sdk => sdk.playDTMF(S, '1', 'c')),
  of('getStreamInfo of all', `GET ${session('stream')}`, sdk => sdk.getStreamInfo(S)),
  of('getStreamInfo of one', `GET ${session('stream/:streamId')}`, sdk => sdk.getStreamInfo(S, 's')),
  of('setStreamClassLists', `PUT ${session('stream')}`, sdk =>
    sdk.setStreamClassLists(S, [{ id: 's', layoutClassList: ['a'] }]),
  ),
  of('muteStream', `POST ${session('stream/:streamId/mute')}`, sdk => sdk.muteStream(S, 's')),
  of('forceMuteAll', `POST ${session('mute')}`, sdk => sdk.forceMuteAll(S)),
  of('disableForceMute', `POST ${session('mute')}`, sdk => sdk.disableForceMute(S)),
  of('sendSignal to all', `POST ${session('signal')}`, sdk => sdk.sendSignal({ type: 'a', data: 'b' }, S)),
  of('sendSignal to one', `POST ${session('connection/:connectionId/signal')}`, sdk =>
    sdk.sendSignal({ type: 'a', data: 'b' }, S, 'c'),
  ),
  of('startArchive', `POST ${project('archive')}`, sdk => sdk.startArchive(S)),
  of('stopArchive', `POST ${project('archive/:archiveId/stop')}`, sdk => sdk.stopArchive('a')),
  of('getArchive', `GET ${project('archive/:archiveId')}`, sdk => sdk.getArchive('a')),
  of('searchArchives', `GET ${project('archive')}`, sdk => sdk.searchArchives()),
  of('deleteArchive', `DELETE ${project('archive/:archiveId')}`, sdk => sdk.deleteArchive('a')),
  of('addArchiveStream', `PATCH ${project('archive/:archiveId/streams')}`, sdk => sdk.addArchiveStream('a', 's')),
  of('updateArchiveLayout', `PUT ${project('archive/:archiveId/layout')}`, sdk =>
    sdk.updateArchiveLayout('a', { type: 'bestFit' } as never),
  ),
  of('startBroadcast', `POST ${project('broadcast')}`, sdk => sdk.startBroadcast(S, {} as never)),
  of('searchBroadcasts', `GET ${project('broadcast')}`, sdk => sdk.searchBroadcasts({})),
  of('getBroadcast', `GET ${project('broadcast/*')}`, sdk => sdk.getBroadcast('b')),
  of('stopBroadcast', `POST ${project('broadcast/*')}`, sdk => sdk.stopBroadcast('b')),
  of('addStreamToBroadcast', `PATCH ${project('broadcast/*')}`, sdk => sdk.addStreamToBroadcast('b', 's')),
  of('enableCaptions', `POST ${project('captions')}`, sdk => sdk.enableCaptions(S, 't')),
  of('disableCaptions', `POST ${project('captions/*')}`, sdk => sdk.disableCaptions('c')),
  of('getCaptionStatus', `GET ${project('captions/*')}`, sdk => sdk.getCaptionStatus('c')),
  of('startExperienceComposerRender', `POST ${project('render')}`, sdk =>
    sdk.startExperienceComposerRender(S, 't', { url: 'http://a/' } as never),
  ),
  of('listExperienceComposerRenders', `GET ${project('render')}`, sdk => sdk.listExperienceComposerRenders({})),
  of('getExperienceComposerRender', `GET ${project('render/*')}`, sdk => sdk.getExperienceComposerRender('r')),
  of('stopExperienceComposerRender', `DELETE ${project('render/*')}`, sdk => sdk.stopExperienceComposerRender('r')),
  of('connectToWebsocket', `POST ${project('connect')}`, sdk =>
    sdk.connectToWebsocket(S, 't', { uri: 'wss://a/' } as never),
  ),
  of('disconnectWebsocket', `POST ${project('connect/*')}`, sdk => sdk.disconnectWebsocket('c')),
];

function of<Run>(name: string, route: string, run: Run): Operation<Run> {
  return { name, route, run };
}
