/** For tests in which nothing is restarted. */
export const keptNowhere = { save: async () => {}, delete: async () => {}, all: async () => [] };

/** Nobody waits for anything. */
export const emptyOutbox = {
  outbox: async () => [],
  settle: async () => undefined,
  bury: async () => undefined,
  backlogs: async () => [],
  deadLetters: { page: async () => [], replay: async () => [], remove: async () => 0 },
};
