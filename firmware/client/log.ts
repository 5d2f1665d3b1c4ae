export const levels = { NONE: 0, ERROR: 1, WARN: 2, INFO: 3, LOG: 4, DEBUG: 5 } as const;

let level: number = levels.ERROR;

export function setLogLevel(to: number): void {
  level = to;
}

/** For the page's own lines. */
export function log(message: string): void {
  if (level >= levels.LOG) console.log(message);
}

export function logError(what: string, error: unknown): void {
  if (level >= levels.ERROR) console.error(`OT: ${what}`, error);
}

export function logInfo(what: string): void {
  if (level >= levels.INFO) console.info(`OT: ${what}`);
}
