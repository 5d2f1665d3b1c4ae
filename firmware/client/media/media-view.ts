import type { ElementProperties, Target, VideoDimensions } from '../crosspoint.d.ts';
import { OTError } from '../ot-error.ts';
import { randomId } from '../random-id.ts';

const WIDTH = 264;
const HEIGHT = 198;

export interface ViewOptions extends ElementProperties {
  readonly kind: 'publisher' | 'subscriber';
  readonly target: Target | undefined;
  readonly mirror: boolean;
  /** What assistive technology reads. */
  readonly label: string;
  /** The picture has another size. */
  readonly resized: (oldValue: VideoDimensions, newValue: VideoDimensions) => void;
}

/** The element of a publisher or subscriber: a box with a video element, which plays the sound too. */
export class MediaView {
  readonly videoElement = document.createElement('video');
  /** Null when the page wants to place the video element itself. */
  readonly element: HTMLElement | null;

  /** @throws OTError OT_INVALID_PARAMETER when there is no such target */
  constructor(options: ViewOptions) {
    const { videoElement: video } = this;
    video.autoplay = true;
    video.playsInline = true;
    video.muted = options.kind === 'publisher';
    if (options.mirror) video.style.transform = 'scaleX(-1)';
    let before = this.dimensions;
    video.addEventListener('resize', () => {
      const oldValue = before;
      before = this.dimensions;
      options.resized(oldValue, before);
    });
    this.element = options.insertDefaultUI === false ? null : this.#insert(options);
  }

  show(stream: MediaStream): void {
    this.videoElement.srcObject = stream;
  }

  get dimensions(): VideoDimensions {
    return { width: this.videoElement.videoWidth, height: this.videoElement.videoHeight };
  }

  /** PNG, base64; null while there is no picture. */
  image(): string | null {
    const { width, height } = this.dimensions;
    if (width === 0) return null;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d')?.drawImage(this.videoElement, 0, 0);
    return canvas.toDataURL('image/png').replace(/^data:[^,]*,/, '');
  }

  remove(): void {
    this.videoElement.srcObject = null;
    this.videoElement.remove();
    this.element?.remove();
  }

  /** The classes are those that pages written for OpenTok.js style and look for. */
  #insert(options: ViewOptions): HTMLElement {
    const { kind, target, insertMode = 'replace', width = WIDTH, height = HEIGHT, label } = options;
    const fitMode = options.fitMode ?? (kind === 'publisher' ? 'cover' : 'contain');
    const place = elementOf(target);
    // Replaced is what the target holds: the page may know the element itself.
    const box = place && insertMode === 'replace' ? place : document.createElement('div');
    box.classList.add('OT_root', `OT_${kind}`, `OT_fit-mode-${fitMode}`);
    if (options.mirror) box.classList.add('OT_mirrored');
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', label);
    Object.assign(box.style, {
      width: withUnit(width),
      height: withUnit(height),
      overflow: 'hidden',
      background: '#000',
    });
    const frame = document.createElement('div');
    frame.className = 'OT_widget-container';
    Object.assign(frame.style, { width: '100%', height: '100%' });
    this.videoElement.className = 'OT_video-element';
    Object.assign(this.videoElement.style, { width: '100%', height: '100%', objectFit: fitMode });
    frame.append(this.videoElement);
    box.replaceChildren(frame);
    if (place === null) document.body.append(box);
    else if (insertMode === 'append') place.append(box);
    else if (insertMode === 'before') place.before(box);
    else if (insertMode === 'after') place.after(box);
    box.id ||= `OT_${randomId()}`;
    return box;
  }
}

function elementOf(target: Target | undefined): HTMLElement | null {
  if (target === undefined || target === null || target === '') return null;
  const element = typeof target === 'string' ? document.getElementById(target) : target;
  if (!element) throw new OTError('OT_INVALID_PARAMETER', `There is no element with the id ${target}`);
  return element;
}

function withUnit(length: number | string): string {
  return /^\d+$/.test(String(length)) ? `${length}px` : String(length);
}
