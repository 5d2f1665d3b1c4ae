import type { ViewStyle } from '../crosspoint.d.ts';

/** How the element of a publisher or subscriber looks; of what OpenTok.js has, the picture behind the video is drawn. */
export class StyleOfView {
  readonly #element: () => HTMLElement | null;
  #style: ViewStyle;

  constructor(style: ViewStyle, element: () => HTMLElement | null) {
    this.#style = { ...style };
    this.#element = element;
  }

  get(name?: keyof ViewStyle): unknown {
    return name === undefined ? { ...this.#style } : this.#style[name];
  }

  set(name: keyof ViewStyle | ViewStyle, value?: string): void {
    this.#style = { ...this.#style, ...(typeof name === 'string' ? { [name]: value } : name) };
    this.draw();
  }

  draw(): void {
    const element = this.#element();
    const { backgroundImageURI: uri } = this.#style;
    if (!element || uri === undefined) return;
    // As OpenTok has it: an address, or a PNG in base64 alone.
    const address = /^(https?:|data:|blob:|\/)/.test(uri) ? uri : `data:image/png;base64,${uri}`;
    const quoted = address.replace(/["\\\n\r]/g, each => `\\${each.charCodeAt(0).toString(16)} `);
    element.style.background = `#000 url("${quoted}") center / cover`;
  }
}
