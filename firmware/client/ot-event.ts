/** What handlers are called with. Whoever dispatches it does the default when nobody has prevented it. */
export class OTEvent<Type extends string, Of> {
  readonly type: Type;
  readonly target: Of;
  readonly cancelable: boolean;
  #prevented = false;

  constructor(type: Type, target: Of, cancelable = false) {
    this.type = type;
    this.target = target;
    this.cancelable = cancelable;
  }

  preventDefault(): void {
    if (this.cancelable) this.#prevented = true;
  }

  isDefaultPrevented(): boolean {
    return this.#prevented;
  }
}

/** An event with what it tells beside. */
export function eventWith<Type extends string, Of, Details extends object>(
  type: Type,
  target: Of,
  details: Details,
  cancelable = false,
): OTEvent<Type, Of> & Details {
  return Object.assign(new OTEvent(type, target, cancelable), details);
}
