import type { FastifyInstance } from 'fastify';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LogLevelSwitch } from '../base/log-level.ts';
import type { ConfigFile } from '../config/config-file.ts';
import type { Projects } from '../config/projects.ts';
import type { Callbacks } from '../monitoring/webhooks/callbacks.ts';
import type { WebhookDirectory } from '../monitoring/webhooks/webhook-directory.ts';
import type { ScriptsPort } from '../scripts/scripts-port.ts';
import type { Archives } from '../sessions/archives/archives.ts';
import type { Clients } from '../sessions/clients.ts';
import type { Recordings } from '../sessions/recordings/recordings.ts';
import type { Sessions } from '../sessions/registry.ts';
import type { Peers } from '../webrtc/peers.ts';
import type { DownloadLinks } from './archives/download-links.ts';
import { downloadRoute } from './archives/download-route.ts';
import { BROWSER_FILES, readBrowserFiles } from './browser/browser-files.ts';
import { browserRoutes } from './browser/browser-routes.ts';
import { Channels } from './clients/channels.ts';
import { Requests } from './clients/requests.ts';
import { acceptWebSockets, eventsRoute } from './clients/route.ts';
import { type About, type AboutDeps, deviceAboutRoutes } from './device/about.ts';
import { deviceCallMediaRoutes } from './device/call-media.ts';
import { deviceCallsRoutes } from './device/calls.ts';
import { deviceConfigRoutes } from './device/config.ts';
import { deviceDocsRoutes } from './device/docs.ts';
import { type DrainDeps, deviceDrainRoutes } from './device/drain.ts';
import { healthRoute } from './device/health.ts';
import { deviceHoldRoutes } from './device/hold.ts';
import { deviceLogLevelRoutes } from './device/log-level.ts';
import { deviceMuteRoutes } from './device/mute.ts';
import { describeDeviceRoutes } from './device/openapi.ts';
import { devicePinsRoutes, type PinsDeps } from './device/pins.ts';
import { devicePlayRoutes } from './device/play.ts';
import { deviceRecordingsRoutes } from './device/recordings.ts';
import { deviceRecordsRoutes } from './device/records.ts';
import { deviceSessionsRoutes } from './device/sessions.ts';
import { deviceTraceRoute } from './device/trace.ts';
import { deviceTrunksRoutes, type TrunkDirectory } from './device/trunks.ts';
import { deviceWebhooksRoutes } from './device/webhooks.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import { type MetricsDeps, metricsRoute } from './metrics/route.ts';
import { type NumbersDeps, numberRoutes } from './numbers/routes.ts';
import { opentokRoutes } from './opentok/routes.ts';
import type {
  CallControl,
  CallDirectory,
  CallHangup,
  CallHold,
  CallMediaReader,
  CallMute,
  CallPlay,
  CallRecordReader,
  CallTraceReader,
  CapacityView,
  ConnectionCalls,
  Readiness,
} from './ports.ts';
import { createServer, type Speaking } from './server.ts';
import { trustRoutes } from './trust/routes.ts';
import type { TwilioDeps } from './twilio/deps.ts';
import { twilioRoutes } from './twilio/routes.ts';
import { voiceRoutes } from './voice/routes.ts';
import { webrtcRoutes } from './webrtc/routes.ts';

export interface ApiDeps {
  readonly projects: Projects;
  readonly operatorToken: string;
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly calls: CallControl & CallHold & CallMute & CallPlay & CallHangup & ConnectionCalls;
  /** Null where WebRTC is switched off. */
  readonly peers: Peers | null;
  readonly directory: CallDirectory;
  readonly records: CallRecordReader & TwilioDeps['records'];
  readonly about: About;
  readonly alerts: AboutDeps['alerts'];
  readonly drain: DrainDeps['drain'];
  /** How many calls there are. */
  readonly liveCalls: () => number;
  readonly config: ConfigFile;
  readonly traces: CallTraceReader;
  readonly callMedia: CallMediaReader;
  readonly recordings: Recordings;
  readonly archives: Archives;
  /** Signs links to their files. */
  readonly links: DownloadLinks;
  readonly callbacks: Callbacks;
  readonly webhooks: WebhookDirectory;
  /** Where a request says nothing. */
  readonly recordingFormat: 'ogg' | 'wav';
  readonly trunks: TrunkDirectory;
  readonly pins: PinsDeps['pins'];
  readonly forwards: NumbersDeps['forwards'];
  readonly numberRoutes: NumbersDeps['numberRoutes'];
  readonly numberTarget: NumbersDeps['numberTarget'];
  /** Calls that are led by documents of applications. */
  readonly scripts: ScriptsPort;
  /** Where applications reach the box, without a path: for links in webhooks. */
  readonly origin: string;
  /** Asked at every request that matters; must answer at once. */
  readonly readiness: () => Readiness;
  readonly capacity: () => CapacityView;
  readonly metrics: MetricsDeps['metrics'];
  /** Addresses that read the metrics without a token. */
  readonly mayScrape: (address: string) => boolean;
  readonly logLevel: LogLevelSwitch;
  readonly idempotency: IdempotencyKeys;
  readonly speaking: Speaking;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The box's one HTTP server with every dialect (CONTRACT §0). It does not listen yet: the caller says where, and
 * closes it. `close()` lets requests that are under way finish.
 */
export function buildApi(deps: ApiDeps): FastifyInstance {
  const app = createServer(deps.log, deps.speaking);
  acceptWebSockets(app);
  describeDeviceRoutes(app);
  app.register(healthRoute(deps.readiness, deps.capacity));
  app.register(metricsRoute(deps));
  app.register(deviceLogLevelRoutes(deps.logLevel, deps.operatorToken));
  app.register(trustRoutes(deps.speaking.https));
  app.register(deviceDocsRoutes());
  app.register(deviceCallsRoutes(deps.directory, deps.calls, deps.operatorToken));
  app.register(deviceRecordsRoutes(deps.records, deps.operatorToken));
  app.register(deviceCallMediaRoutes(deps.callMedia, deps.operatorToken));
  app.register(deviceHoldRoutes(deps.calls, deps.operatorToken));
  app.register(deviceMuteRoutes(deps.calls, deps.operatorToken));
  app.register(devicePlayRoutes(deps.calls, deps.operatorToken));
  app.register(deviceSessionsRoutes(deps));
  app.register(deviceRecordingsRoutes(deps));
  app.register(devicePinsRoutes(deps));
  app.register(deviceTraceRoute(deps.traces, deps.operatorToken));
  app.register(deviceTrunksRoutes(deps.trunks, deps.operatorToken));
  app.register(deviceAboutRoutes(deps));
  app.register(deviceDrainRoutes(deps));
  app.register(deviceConfigRoutes(deps.config, deps.operatorToken));
  app.register(deviceWebhooksRoutes(deps.webhooks, deps.operatorToken));
  app.register(downloadRoute(deps));
  app.register(webrtcRoutes(deps));
  app.register(opentokRoutes(deps));
  app.register(numberRoutes(deps));
  app.register(voiceRoutes(deps));
  app.register(twilioRoutes(deps));
  app.register(eventsRoute(channelsOf(deps)));
  app.register(browserRoutes(readBrowserFiles(BROWSER_FILES)));
  return app;
}

function channelsOf(deps: ApiDeps): Channels {
  const requests = new Requests({ ...deps, trunks: () => deps.trunks.list().map(({ name }) => name) });
  return new Channels({ ...deps, handle: (client, request) => requests.handle(client, request) });
}
