import type { Page } from 'playwright-core';
import type { Browser } from '../rig/browser.ts';

/** What each page is given beside the SDK: a picture of two colours with a bar that moves, and an eye for what it subscribes to. */
const PICTURE_AND_EYE = `
  const pictures = [];
  function picture(left, right, { width, height }) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    context.scale(width / 640, height / 480);
    let bar = 0;
    const draw = () => {
      context.fillStyle = left;
      context.fillRect(0, 0, 320, 480);
      context.fillStyle = right;
      context.fillRect(320, 0, 320, 480);
      bar = (bar + 8) % 640;
      context.fillStyle = 'white';
      context.fillRect(bar, 320, 16, 160);
    };
    draw();
    pictures.push(setInterval(draw, 40));
    return canvas.captureStream(25).getVideoTracks()[0];
  }
  const subscribers = new Map();
  const small = new OffscreenCanvas(64, 48).getContext('2d', { willReadFrequently: true });
  const at = (x, y) => [...small.getImageData(x, y, 1, 1).data].slice(0, 3);
  // The colours of the two halves, and where the bar is; null while there is no picture.
  function look(streamId) {
    const video = subscribers.get(streamId)?.videoElement;
    if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
    small.drawImage(video, 0, 0, 64, 48);
    const row = small.getImageData(0, 40, 64, 1).data;
    let bar = -1;
    for (let x = 0; x < 64; x++) if (Math.min(row[4 * x], row[4 * x + 1], row[4 * x + 2]) > 180) { bar = x; break; }
    return { left: at(16, 12), right: at(48, 12), bar, width: video.videoWidth, height: video.videoHeight };
  }
  function isLike(colour, wanted) {
    return colour.every((part, i) => Math.abs(part - wanted[i]) < 60);
  }
  function shows(streamId, left, right) {
    const seen = look(streamId);
    return seen !== null && isLike(seen.left, left) && isLike(seen.right, right);
  }
  function onlyCodec(mimeType) {
    const original = RTCPeerConnection.prototype.addTransceiver;
    RTCPeerConnection.prototype.addTransceiver = function (...parts) {
      const made = original.apply(this, parts);
      const [track] = parts;
      if ((track.kind ?? track) === 'video') {
        const { codecs } = RTCRtpReceiver.getCapabilities('video');
        made.setCodecPreferences(codecs.filter(each => [mimeType, 'video/rtx'].includes(each.mimeType)));
      }
      return made;
    };
  }
  async function figures(of, type) {
    const found = { codec: null };
    const report = await of;
    report.forEach(each => {
      if (each.type === type && each.kind === 'video' && !each.rid) Object.assign(found, each);
    });
    found.codec = report.get(found.codecId)?.mimeType ?? null;
    return found;
  }
`;

export interface VideoPageOptions {
  readonly browser: Browser;
  /** Of the box. */
  readonly url: string;
  readonly session: string;
  readonly token: string;
  /** The one video codec that this browser is made to have; absent: all of them. */
  readonly codec?: 'VP8' | 'H264';
}

/** Red, green, blue of 0 to 255. */
export type Colour = readonly [number, number, number];
export interface Picture {
  readonly left: Colour;
  readonly right: Colour;
  /** In pixels; default 640 × 480. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** Of getStats. */
export interface ReceivedVideo {
  readonly codec: string | null;
  readonly framesDecoded: number;
  readonly packetsReceived: number;
}

/** Of the SDK. */
export interface StreamFacts {
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  readonly type: string | undefined;
  readonly width: number;
  readonly height: number;
}

/** A page that uses the SDK as OpenTok's documentation has it: it shows a picture, and subscribes to whatever there is. */
export class VideoPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open({ browser, url, session, token, codec }: VideoPageOptions): Promise<VideoPage> {
    const origin = url.replace('127.0.0.1', 'localhost');
    const page = await browser.open(`${origin}/client/crosspoint.d.ts`);
    await page.addScriptTag({ url: '/client/crosspoint.js' });
    await page.addScriptTag({ content: PICTURE_AND_EYE });
    if (codec) await page.evaluate(`onlyCodec('video/${codec}')`);
    await page.evaluate(`(async () => {
      problems = [];
      told = [];
      session = OT.initSession('key', ${JSON.stringify(session)}, { apiUrl: ${JSON.stringify(origin)} });
      session.on('streamCreated', ({ stream }) => {
        const asked = performance.now();
        told.push('came ' + stream.streamId);
        const subscriber = session.subscribe(stream, undefined, { insertMode: 'append' }, error => {
          if (error) problems.push(error.name + ': ' + error.message);
        });
        subscribers.set(stream.streamId, subscriber);
        subscriber.on('videoElementCreated', ({ element }) =>
          element.requestVideoFrameCallback(() => { subscriber.firstFrameMs = performance.now() - asked; }));
        subscriber.on('videoDisabled videoEnabled', ({ type, reason }) => told.push(type + ' ' + reason));
      });
      session.on('streamPropertyChanged', ({ changedProperty, newValue }) => told.push(changedProperty + ' ' + newValue));
      session.on('streamDestroyed', ({ stream }) => told.push('destroyed ' + stream.streamId));
      await new Promise((resolve, reject) =>
        session.connect(${JSON.stringify(token)}, error => (error ? reject(error) : resolve())));
    })()`);
    return new VideoPage(page);
  }

  /** @param properties of the publisher, as JavaScript */
  async publish(properties: string): Promise<string> {
    return this.page.evaluate(`(async () => {
      publisher = OT.initPublisher(undefined, { insertMode: 'append', ...${properties} });
      await new Promise((resolve, reject) => session.publish(publisher, error => (error ? reject(error) : resolve())));
      return publisher.stream.streamId;
    })()`);
  }

  /** @returns the stream's id */
  publishPicture({ left, right, size = { width: 640, height: 480 } }: Picture, properties = '{}'): Promise<string> {
    const [one, two] = [left, right].map(colour => `'rgb(${colour.join(' ')})'`);
    return this.publish(`{ videoSource: picture(${one}, ${two}, ${JSON.stringify(size)}), ...${properties} }`);
  }

  /** Resolves when that stream shows that picture. */
  async sees(streamId: string, { left, right }: Picture): Promise<void> {
    const shows = `shows('${streamId}', ${JSON.stringify(left)}, ${JSON.stringify(right)})`;
    await this.#waitFor(shows, streamId);
  }

  /** Resolves when that stream shows pictures of that width. */
  async seesWidth(streamId: string, width: number): Promise<void> {
    await this.#waitFor(`look('${streamId}')?.width === ${width}`, streamId);
  }

  /** Resolves when its bar has moved, so that it is no still. */
  async seesMotion(streamId: string): Promise<void> {
    const before = await this.page.evaluate(`look('${streamId}').bar`);
    await this.#waitFor(`look('${streamId}').bar !== ${before}`, streamId);
  }

  received(streamId: string): Promise<ReceivedVideo> {
    return this.page.evaluate(`figures(subscribers.get('${streamId}').getRtcStatsReport(), 'inbound-rtp')`);
  }

  /** From `subscribe` on; of a stream that is seen. */
  firstPictureMs(streamId: string): Promise<number> {
    return this.page.evaluate(`subscribers.get('${streamId}').firstFrameMs`);
  }

  /** As the SDK has it. */
  stream(streamId: string): Promise<StreamFacts> {
    return this.page.evaluate(`(() => {
      const { hasAudio, hasVideo, videoType, videoDimensions } = session.streams.get('${streamId}');
      return { hasAudio, hasVideo, type: videoType, ...videoDimensions };
    })()`);
  }

  /** Resolves when the page was told all of that since the last time. */
  async isTold(...events: string[]): Promise<void> {
    await this.#waitFor(`${JSON.stringify(events)}.every(each => told.includes(each))`, '');
    await this.page.evaluate('told.splice(0)');
  }

  close(): Promise<void> {
    return this.page.close();
  }

  async #waitFor(condition: string, streamId: string): Promise<void> {
    await this.page.waitForFunction(condition, undefined, { timeout: 15_000 }).catch(async error => {
      const state = await this.page.evaluate(
        `JSON.stringify({ problems, told, seen: look('${streamId}'), streams: [...subscribers.keys()] })`,
      );
      throw new Error(`${condition} does not come true: ${state}`, { cause: error });
    });
  }
}
