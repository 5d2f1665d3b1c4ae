import type { AlertDetail, Severity } from './alert.ts';
import type { Facts } from './facts.ts';

/** What a rule has found. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly sentence: string;
  readonly detail: AlertDetail;
}

export interface Rule {
  readonly name: string;
  /** Of its alerts, with a placeholder where there may be several. */
  readonly id: string;
  /** How long it must be so before it is told: what mends itself sooner is nobody's business. */
  readonly holdMs: number;
  readonly find: (facts: Facts) => readonly Finding[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MB = 1024 * 1024;

/** Deaths of workers in ten minutes that are no accident any more. */
const MANY_DEATHS = 3;
/** Deliveries that wait beside those of a busy minute. */
const DEEP = 10_000;
const LOW_DISK_BYTES = 500 * MB;
const VERY_LOW_DISK_BYTES = 100 * MB;
/** A mix that comes later is heard: the next packet is due 20 ms after the last one. */
const LATE_US = 5_000;
const MANY_SKIPPED = 50;
const BROKER_AWAY_MS = 30_000;
const EXPIRES_SOON_MS = 14 * DAY_MS;
const EXPIRES_NOW_MS = 2 * DAY_MS;

const some = (...findings: (Finding | false)[]): Finding[] => findings.filter(finding => finding !== false);

/** An id says what it is about by letters, digits and hyphens. */
const slug = (name: string) => name.replace(/[^0-9A-Za-z]+/g, '-').replace(/^-|-$/g, '');

export const rules: readonly Rule[] = [
  {
    name: 'a media worker is down',
    id: 'worker-<n>-down',
    holdMs: 3_000,
    find: ({ workers }) =>
      workers.flatMap((load, worker) =>
        load === null
          ? {
              id: `worker-${worker}-down`,
              severity: 'critical',
              sentence: `Media worker ${worker} is down and does not come back: see its log in the state directory.`,
              detail: { worker },
            }
          : [],
      ),
  },
  {
    name: 'media workers end too often',
    id: 'workers-restarting',
    holdMs: 0,
    find: ({ workerDeaths }) =>
      some(
        workerDeaths >= MANY_DEATHS && {
          id: 'workers-restarting',
          severity: 'critical',
          sentence: `Media workers have ended ${workerDeaths} times in ten minutes, each time with all of their calls: report it with their logs.`,
          detail: { deaths: workerDeaths, minutes: 10 },
        },
      ),
  },
  {
    name: 'a trunk is down',
    id: 'trunk-<name>-down',
    holdMs: 10_000,
    find: ({ trunks }) =>
      trunks
        .filter(({ state, registration }) => state === 'down' && registration?.state !== 'failed')
        .map(({ name, reason, since }) => ({
          id: `trunk-${slug(name)}-down`,
          severity: 'critical',
          sentence: `Trunk ${name} is down: ${reason ?? 'its peer does not answer'}. Calls over it fail.`,
          detail: { trunk: name, reason, downSince: since },
        })),
  },
  {
    name: 'a registration failed',
    id: 'trunk-<name>-unregistered',
    holdMs: 10_000,
    find: ({ trunks }) =>
      trunks.flatMap(({ name, registration }) =>
        registration?.state === 'failed'
          ? {
              id: `trunk-${slug(name)}-unregistered`,
              severity: 'critical',
              sentence: `Trunk ${name} is not registered: ${registration.reason ?? 'nobody answered'}. Check its login and its registrar.`,
              detail: { trunk: name, reason: registration.reason, failedSince: registration.since },
            }
          : [],
      ),
  },
  {
    name: 'the disk is nearly full',
    id: 'disk-low',
    holdMs: 0,
    find: ({ disk: { freeBytes, totalBytes } }) =>
      some(
        freeBytes !== null &&
          freeBytes < LOW_DISK_BYTES && {
            id: 'disk-low',
            severity: freeBytes < VERY_LOW_DISK_BYTES ? 'critical' : 'warning',
            sentence: `Only ${Math.floor(freeBytes / MB)} MB are left on the disk of the state directory: without room no event is kept and no call is recorded.`,
            detail: { freeBytes, totalBytes },
          },
      ),
  },
  {
    name: 'the store takes no writes',
    id: 'store-failing',
    holdMs: 0,
    find: ({ storeProblem }) =>
      some(
        storeProblem !== null && {
          id: 'store-failing',
          severity: 'critical',
          sentence: `Events cannot be written to disk: ${storeProblem}`,
          detail: { problem: storeProblem },
        },
      ),
  },
  {
    name: 'many events wait',
    id: 'outbox-deep',
    holdMs: 10_000,
    find: ({ pending }) =>
      some(
        pending >= DEEP && {
          id: 'outbox-deep',
          severity: 'warning',
          sentence: 'Many events wait to be delivered: a broker or a webhook is away, or slower than the calls come.',
          // Not how many: an alert says something new only when there is something to do.
          detail: { atLeast: DEEP },
        },
      ),
  },
  {
    name: 'events were dropped',
    id: 'events-dropped',
    holdMs: 0,
    find: ({ dropped }) =>
      some(
        dropped > 0 && {
          id: 'events-dropped',
          severity: 'critical',
          sentence:
            'Events were given up for age or room and will not be delivered: a broker or a webhook has been away for too long.',
          detail: { minutes: 10 },
        },
      ),
  },
  {
    name: 'a webhook is down',
    id: 'webhook-<target>-down',
    holdMs: 10_000,
    find: ({ webhooksDown }) =>
      webhooksDown.map(({ target, project, kind, reason }) => ({
        id: `${slug(target)}-down`,
        severity: 'warning',
        sentence: `The ${kind} webhook of project ${project} takes nothing: ${reason}. Its events wait.`,
        detail: { target, project, kind, reason },
      })),
  },
  {
    name: 'the broker is away',
    id: 'broker-lost',
    holdMs: 0,
    find: ({ brokerDownSince, now }) =>
      some(
        brokerDownSince !== null &&
          now - brokerDownSince >= BROKER_AWAY_MS && {
            id: 'broker-lost',
            severity: 'warning',
            sentence: 'There is no connection to the MQTT broker: events wait. Check that it runs, and its login.',
            detail: { downSince: brokerDownSince },
          },
      ),
  },
  {
    name: 'a certificate expires',
    id: 'certificate-<whose>',
    holdMs: 0,
    find: ({ certificates, now }) =>
      certificates
        .filter(({ expiresAt }) => expiresAt - now < EXPIRES_SOON_MS)
        .map(({ name, file, expiresAt }) => ({
          id: `certificate-${slug(name)}`,
          severity: expiresAt - now < EXPIRES_NOW_MS ? 'critical' : 'warning',
          sentence: `The certificate of ${name} ${expiresAt < now ? 'has expired' : 'expires'} on ${new Date(expiresAt).toISOString().slice(0, 10)}: replace ${file}.`,
          detail: { certificate: name, file, expiresAt },
        })),
  },
  {
    name: 'PINs are guessed',
    id: 'pins-guessed',
    holdMs: 0,
    find: ({ wrongPins: { count, locked } }) =>
      some(
        locked && {
          id: 'pins-guessed',
          severity: 'warning',
          sentence: `Callers have entered ${count} wrong PINs in ten minutes: for a while none is looked at. See who calls in GET /device/records.`,
          detail: { wrong: count, minutes: 10 },
        },
      ),
  },
  {
    name: 'the mixing is late',
    id: 'overload',
    holdMs: 10_000,
    find: ({ workers, skippedTicks }) =>
      some(
        (skippedTicks >= MANY_SKIPPED || workers.some(load => load !== null && load.tickLateUsP99 >= LATE_US)) && {
          id: 'overload',
          severity: 'warning',
          sentence:
            'The media workers are late with their mixing, and calls may stutter: the machine has too much to do.',
          detail: { minutes: 10 },
        },
      ),
  },
];
