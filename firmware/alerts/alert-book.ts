import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Alert, AlertDetail, Severity } from './alert.ts';

export interface AlertListener {
  /** It is new, or says something else now. */
  raised(alert: Alert): void;
  cleared(alert: Alert): void;
}

/** Who shows alerts: the operator's API. */
export interface AlertList {
  /** The oldest first. */
  list(): readonly Alert[];
}

/** A box with more troubles than this has one: beyond it, nothing new is taken, and that is counted. */
const MAX_ALERTS = 200;

/** The alerts that are raised now. */
export class AlertBook implements AlertList {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #alerts = new Map<string, Alert>();
  readonly #listeners = new Set<AlertListener>();
  #refused = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  list(): readonly Alert[] {
    return [...this.#alerts.values()];
  }

  /** Alerts that there was no room for, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Hears what is raised and cleared from now on, and of what is raised already. */
  listen(listener: AlertListener): void {
    this.#listeners.add(listener);
    for (const alert of this.#alerts.values()) listener.raised(alert);
  }

  /** Raising again what says the same is nothing; what says something else keeps its `since`. */
  raise(id: string, severity: Severity, sentence: string, detail: AlertDetail = {}): void {
    const former = this.#alerts.get(id);
    if (!former && this.#alerts.size >= MAX_ALERTS) {
      this.#refused += 1;
      return;
    }
    const alert: Alert = { id, severity, sentence, detail, since: former?.since ?? this.#clock.now() };
    if (former && JSON.stringify(former) === JSON.stringify(alert)) return;
    this.#alerts.set(id, alert);
    if (former?.severity !== severity) this.#log.warn({ alert: id, severity, ...detail }, sentence);
    for (const listener of this.#listeners) listener.raised(alert);
  }

  clear(id: string): void {
    const alert = this.#alerts.get(id);
    if (!alert) return;
    this.#alerts.delete(id);
    this.#log.info({ alert: id }, 'over: an alert is cleared');
    for (const listener of this.#listeners) listener.cleared(alert);
  }
}
