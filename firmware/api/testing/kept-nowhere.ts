import type { AnswerStore } from '../idempotency.ts';

/** For tests in which nothing is restarted. */
export const keptNowhere: AnswerStore = { save: async () => {}, delete: async () => {}, all: async () => [] };
