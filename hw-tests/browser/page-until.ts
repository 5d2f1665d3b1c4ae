import type { Page } from 'playwright-core';
import { until } from '../rig/until.ts';

const LIMIT_MS = 15_000;

/** Resolves when that JavaScript gives something true in the page; also where the page's own policy forbids eval. */
export async function pageUntil(page: Page, expression: string): Promise<void> {
  await until(expression, async () => (await page.evaluate(`Boolean(${expression})`)) === true, {
    limitMs: LIMIT_MS,
    everyMs: 50,
    state: () => page.evaluate(`document.body.innerText`),
  });
}
