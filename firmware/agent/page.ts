/** An element of the page, by its id. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element ${id}`);
  return element as Type;
}

/** Read out to those who do not see the page, too. */
export function say(sentence: string): void {
  byId('status').textContent = sentence;
}

/** Null: the problem is over. */
export function complain(error: unknown): void {
  const problem = byId('problem');
  problem.hidden = error === null;
  problem.textContent = error === null ? '' : error instanceof Error ? error.message : String(error);
}

/** Runs what a button is for; what goes wrong is shown. */
export async function attempt(action: () => Promise<unknown> | undefined): Promise<void> {
  complain(null);
  try {
    await action();
  } catch (error) {
    complain(error);
  }
}

/** A button that does something when it is pressed. */
export function button(text: string, press: () => Promise<unknown> | undefined): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', () => void attempt(press));
  return made;
}

/** A button that is either pressed or not; it changes once the action has succeeded. */
export function toggle(text: string, change: (on: boolean) => Promise<unknown> | undefined): HTMLButtonElement {
  const made = button(text, async () => {
    const on = made.getAttribute('aria-pressed') !== 'true';
    await change(on);
    made.setAttribute('aria-pressed', String(on));
  });
  made.setAttribute('aria-pressed', 'false');
  return made;
}
