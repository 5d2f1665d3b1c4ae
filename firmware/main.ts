/**
 * The gateway service: what is made from what, in the order of starting up.
 *
 *     node main.js [--config FILE]
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { videoCodecsNamed } from '../pipelines/codecs/video-codecs.ts';
import { VERSION } from '../pipelines/version.ts';
import { Admission } from './admission/admission.ts';
import { machineRoom } from './admission/machine-room.ts';
import { AlertBook } from './alerts/alert-book.ts';
import { answeringOf } from './answering-of.ts';
import { buildApi } from './api/api.ts';
import { DownloadLinks } from './api/archives/download-links.ts';
import { IdempotencyKeys } from './api/idempotency.ts';
import { MqttRequests } from './api/mqtt/mqtt-requests.ts';
import { systemClock } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import { createLog } from './base/log.ts';
import { LogLevelSwitch } from './base/log-level.ts';
import { boxInfo } from './box-info.ts';
import { brokerOf } from './broker-of.ts';
import { callDirectory } from './call-directory.ts';
import { MediaWatch } from './calls/media-watch.ts';
import { type CallsOfBox, callsOf } from './calls-of.ts';
import { clientDigits } from './client-digits.ts';
import { addressMatcher } from './config/address.ts';
import { ConfigFile } from './config/config-file.ts';
import { KeyRenewal } from './config/key-renewal.ts';
import { loadLinkKey } from './config/link-key.ts';
import { loadConfig } from './config/load.ts';
import { projectsOf } from './config/projects.ts';
import { CREDENTIALS_FILE, loadSecrets } from './config/secrets.ts';
import { Drain } from './drain.ts';
import { httpListener } from './http-listener.ts';
import { identityOf } from './https/identity-of.ts';
import { iceListeningOf } from './ice-listening-of.ts';
import { Lifecycle } from './lifecycle.ts';
import { liveKeys } from './live-config.ts';
import { WorkerPool } from './media/worker-pool.ts';
import { metricsOf } from './metrics-of.ts';
import { Broker } from './monitoring/broker.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import type { MqttPacket } from './monitoring/mqtt-link.ts';
import { endOrphanedCalls, endOrphanedMembers } from './monitoring/orphans.ts';
import { CallTraces } from './monitoring/traces/call-traces.ts';
import { TraceArchive } from './monitoring/traces/trace-archive.ts';
import { showPhone } from './phone-states.ts';
import { phoneStreams } from './phone-streams.ts';
import { type RecordingsOfBox, recordingsOf } from './recordings-of.ts';
import { isPin, type Pin } from './scripts/pin/pin.ts';
import { PinBook } from './scripts/pin/pin-book.ts';
import { Clients } from './sessions/clients.ts';
import { RecordingFolders } from './sessions/recordings/recording-folders.ts';
import { Sessions } from './sessions/registry.ts';
import { TraceBook } from './sip/trace/trace-book.ts';
import { sipOf } from './sip-of.ts';
import { startUpCard } from './start-up-card.ts';
import { CallMediaRecords } from './store/call-media-records.ts';
import { CallRecords } from './store/call-records.ts';
import { Store } from './store/store.ts';
import { typedDocuments } from './store/typed-documents.ts';
import { storeLimitsOf } from './store-limits-of.ts';
import { IncomingCalls } from './trunks/incoming/incoming-calls.ts';
import { watchOver } from './watch-over.ts';
import { acceptedMedia } from './webrtc/accepted-media.ts';
import { Peers } from './webrtc/peers.ts';

/** How long undelivered events may hold up the end of the process; they are on disk and go out after the next start. */
const DRAIN_MS = 3_000;

async function start(lifecycle: Lifecycle): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = loadConfig(values.config);
  const stateDir = path.resolve(config.stateDir);
  const secrets = loadSecrets(stateDir);
  const projects = projectsOf(config, secrets);
  const log = createLog(config.logLevel);
  const clock = systemClock;
  const keyRenewal = new KeyRenewal({ projects, clock, log });
  const bootId = randomUUID();
  const logLevel = new LogLevelSwitch(log, config.logLevel, clock);
  await lifecycle.run(logLevel);
  process.on('SIGUSR2', () => logLevel.toggle());
  const startedAt = clock.now();
  const alerts = new AlertBook(clock, log);

  const https = await identityOf(config, { stateDir, clock, log });

  const limits = storeLimitsOf(config);
  const store = new Store({ file: path.join(stateDir, 'crosspoint.db'), clock, log, limits });
  await lifecycle.run(store);

  const folders = new RecordingFolders(path.resolve(config.recordings.directory ?? path.join(stateDir, 'recordings')));
  folders.prepare();
  const media = new WorkerPool({
    ...config.media,
    advertise: config.media.advertise,
    ice: iceListeningOf(config),
    stateDir,
    recordings: folders.directory,
    bootId,
    clock,
    log,
  });
  const broker = brokerOf(config, { stateDir, secrets, projects, log });
  if (broker instanceof Broker) await lifecycle.run(broker);
  const monitoring = new Monitoring({
    store,
    projects,
    broker,
    keepMs: config.mqtt.queue.keepHours * 3_600_000,
    parties: id => calls.get(id) ?? null,
    allowPrivateTargets: config.allowPrivateTargets,
    stateDir,
    box: config.box,
    bootId,
    clock,
    log,
    figures: {
      calls: () => calls.live,
      legs: () => media.openLegs,
      traceBytes: () => book.bytes,
      workers: () => media.load(),
    },
  });
  monitoring.info(boxInfo(config, startedAt));
  await lifecycle.run(monitoring);
  await lifecycle.run(media);
  const admission = new Admission({
    limits: config.limits,
    media,
    machine: machineRoom(stateDir),
    calls: () => calls.live,
    clock,
    log,
  });
  await lifecycle.run(admission);

  const sessions = new Sessions({
    store: store.sessions,
    events: {
      record: event => {
        recordings.sessionEvent(event);
        archives.sessionEvent(event);
        return monitoring.recorder.record(event);
      },
    },
    clock,
    log,
    limits: config.limits,
  });
  await sessions.start();
  const clients = new Clients({ sessions, projects, clock });
  const { recordings, archives }: RecordingsOfBox = recordingsOf(config, {
    media,
    folders,
    store,
    events: monitoring.recorder,
    sessions,
    peers: () => peers,
    calls: () => calls,
    clock,
    log,
  });
  await lifecycle.run(recordings);
  await lifecycle.run(archives);
  const orphans = await endOrphanedCalls(store, monitoring.recorder, clock);
  if (orphans > 0) log.warn({ calls: orphans }, 'calls that a former process left behind are ended in the record');
  await endOrphanedMembers(store, monitoring.recorder, clock);

  const book = new TraceBook(clock);
  const { write, files } = config.sip.traces;
  const archive = new TraceArchive(path.join(stateDir, 'traces'), files, log);
  const traces = new CallTraces({ clock, book, archive, written: write });
  await lifecycle.run(traces);

  const peers = new Peers({
    media,
    clients,
    phones: phoneStreams(sessions, () => calls),
    pressed: clientDigits(() => calls, config.tellDigits),
    limits: config.webrtc.peers,
    accepted: acceptedMedia(videoCodecsNamed(config.webrtc.video.codecs)),
    maxVideoBitrate: config.webrtc.video.maxKbps * 1000,
    clock,
    log,
  });

  const pins = new PinBook({
    store: typedDocuments<Pin>(store.pins, isPin, log),
    sessionIsThere: (project, session) => sessions.has(project, session),
    clock,
    log,
  });
  await lifecycle.run(pins);

  const callMedia = new CallMediaRecords(store.callMedia, log);
  const records = new CallRecords(store, config.records.keepDays, clock, log);
  await lifecycle.run(records);

  const sip = await sipOf(config, {
    lifecycle,
    projects,
    book,
    trunkChanged: view => monitoring.trunkChanged(view),
    clock,
    log,
  });
  const { accounts, trunks, renewal, userAgent, inner, builtinSources } = sip;
  await lifecycle.run(keyRenewal);
  if (https) await lifecycle.run(https);
  // Who renews certificates says so this way; without a word it takes a minute.
  process.on('SIGHUP', () => {
    renewal.check();
    keyRenewal.check();
    void https?.check();
  });
  await lifecycle.run(trunks);

  const metrics = metricsOf({
    clock,
    store,
    media,
    monitoring,
    book,
    admission,
    https,
    calls: () => calls,
    incoming: () => incoming,
    userAgent: () => userAgent,
    trunks: () => trunks,
    renewal: () => renewal,
    isDraining: () => readiness().draining,
  });
  const { calls, policy, domain }: CallsOfBox = callsOf(config, {
    sip,
    projects,
    media,
    sessions,
    admission,
    clientLeg: (session, stream) => peers.legOf(session, stream),
    traces,
    record: (event, about) => {
      showPhone(sessions, event);
      const stored = monitoring.recorder.record(event, about);
      records.passing(about, stored);
      return stored;
    },
    keepMedia: record => callMedia.keep(record),
    measured: call => metrics.ended(call),
    clock,
    log,
  });
  const mediaWatch = new MediaWatch({
    media,
    calls: () => calls.list(),
    clients: peers,
    silenceMs: config.limits.silenceSeconds * 1000,
    publish: (call, legs) => monitoring.media(call, legs),
    clock,
    log,
  });
  await lifecycle.run(mediaWatch);
  const answering = await answeringOf(config, {
    lifecycle,
    stateDir,
    projects,
    store,
    calls,
    recordings,
    monitoring,
    pins,
    clock,
    log,
  });
  const { scripts, forwards } = answering;
  const incoming: IncomingCalls = new IncomingCalls({
    calls,
    trunks,
    policy,
    numbers: config.numbers,
    forwards,
    owned: answering.owned,
    pins: answering.pins,
    accounts,
    innerAddress: inner.mediaAddress,
    logins: trunks.logins,
    isBuiltinSource: address => builtinSources.has(address),
    domain,
  });
  userAgent.onInvite = invite => incoming.take(invite);
  inner.onInvite = invite => incoming.takeInner(invite);

  const drain = new Drain(on => {
    userAgent.draining = on || lifecycle.ending;
  });
  const live = liveKeys({
    logLevel,
    records,
    incoming,
    builtinSources: ranges => builtinSources.become(ranges),
  });
  const idempotency = new IdempotencyKeys(clock, store.answers);
  await idempotency.start();
  const readiness = () => ({
    ready: { sip: userAgent.listening.length > 0, worker: media.ready, store: store.healthy },
    draining: lifecycle.ending || drain.on,
  });
  if (config.mqtt.embedded || config.mqtt.requests) {
    const { headers } = monitoring;
    const tell = (packet: MqttPacket) => monitoring.tell(packet);
    const requests = new MqttRequests({ projects, sessions, calls, idempotency, readiness, headers, tell, clock, log });
    await lifecycle.run(requests);
    monitoring.hear(requests.hearing);
  }
  const capacity = () => admission.capacity();
  const api = buildApi({
    projects,
    operatorToken: secrets.operatorToken,
    sessions,
    clients,
    peers: config.webrtc.enabled ? peers : null,
    calls,
    directory: callDirectory(calls, records),
    records,
    about: { software: VERSION, box: config.box, bootId, startedAt },
    alerts,
    drain,
    liveCalls: () => calls.live,
    config: new ConfigFile(values.config, config, live),
    traces,
    callMedia,
    recordings,
    archives,
    links: new DownloadLinks(loadLinkKey(stateDir), clock),
    callbacks: monitoring.callbacks,
    webhooks: monitoring.webhookDirectory,
    recordingFormat: config.recordings.format,
    trunks,
    pins,
    forwards,
    numberRoutes: () => incoming.numbers,
    scripts,
    origin: answering.origin,
    numberTarget: answering.numberTarget,
    idempotency,
    readiness,
    capacity,
    metrics,
    mayScrape: addressMatcher(config.metrics.allowFrom),
    logLevel,
    speaking: { https, plain: config.http.plain },
    clock,
    log,
  });
  await lifecycle.run(httpListener(api, config.http));

  await watchOver({
    alerts,
    lifecycle,
    config,
    monitoring,
    store,
    media,
    trunks,
    pins,
    readiness,
    capacity,
    clock,
    log,
  });
  lifecycle.beforeEnd(async () => {
    await Promise.all([calls.close(), peers.close(), clients.close()]);
    await monitoring.drain(DRAIN_MS);
  });
  process.stdout.write(
    startUpCard({
      config,
      authority: https?.authority ?? null,
      apiKey: [...projects.keys()].join(', '),
      credentialsFile: path.join(stateDir, CREDENTIALS_FILE),
      version: VERSION,
      startedInMs: process.uptime() * 1000,
    }),
  );
}

const lifecycle = new Lifecycle();
process.on('SIGTERM', () => void lifecycle.end());
process.on('SIGINT', () => void lifecycle.end());
try {
  await start(lifecycle);
} catch (error) {
  process.stderr.write(`crosspoint cannot start: ${messageOf(error)}\n`);
  process.exitCode = 1;
  await lifecycle.end();
}
