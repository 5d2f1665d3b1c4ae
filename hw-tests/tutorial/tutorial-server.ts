import type { Server } from 'node:http';
import express, { type Express, type Request, type Response } from 'express';
import { called, OpenTok, type OpentokSdk } from '../../firmware/api/testing/opentok-sdk.ts';
import type { Credentials } from '../rig/application.ts';
import { freePort } from '../rig/free-ports.ts';

export interface TutorialSettings {
  /** The Video API: where its SDK finds it, and its key. */
  readonly videoUrl: string;
  readonly video: Credentials;
  /** The Voice API's account, as which SIP calls to the number log in. */
  readonly voice: Credentials;
  readonly conferenceNumber: string;
}

/** A webhook as it came. */
export interface Told {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The server of the vendor's tutorial on calls between a video session and phones, written anew after its text: its routes,
 * its state in `app.get` and `app.set`, its NCCOs, and the domain sip.nexmo.com, which it does not know to be this box.
 */
export class TutorialServer {
  readonly url: string;
  /** Webhooks of the Voice API, in order. */
  readonly told: Told[] = [];
  readonly #app: Express;
  readonly #server: Server;

  static async open(): Promise<TutorialServer> {
    const port = await freePort('127.0.0.1');
    const app = express();
    const server = app.listen(port, '127.0.0.1');
    await new Promise<void>((listening, failed) => {
      server.once('listening', listening);
      server.once('error', failed);
    });
    return new TutorialServer(app, server, `http://127.0.0.1:${port}`);
  }

  private constructor(app: Express, server: Server, url: string) {
    this.#app = app;
    this.#server = server;
    this.url = url;
    app.use(express.json());
    app.use((req, _res, next) => {
      if (req.path.startsWith('/voice-')) this.told.push({ path: req.path, fields: { ...req.query, ...req.body } });
      next();
    });
    this.#voice();
  }

  /** The box is there. */
  use(settings: TutorialSettings): void {
    this.#video(settings);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(closed => this.#server.close(() => closed()));
  }

  #video({ videoUrl, video, voice, conferenceNumber }: TutorialSettings): void {
    const app = this.#app;
    const OT: OpentokSdk = new OpenTok(video.apiKey, video.apiSecret, videoUrl);
    const sipOptions = { auth: { username: voice.apiKey, password: voice.apiSecret }, secure: false };

    app.get('/room/:roomId', async (req: Request, res: Response) => {
      const roomId = String(req.params.roomId);
      const { sessionId } = await called<{ sessionId: string }>(back =>
        OT.createSession({ mediaMode: 'routed' }, back),
      );
      const pin = generatePin(app);
      app.set(roomId, sessionId);
      app.set(String(pin), sessionId);
      res.json({ sessionId, pin: String(pin) });
    });

    app.get('/dial-out', (req: Request, res: Response) => {
      const roomId = String(req.query.roomId);
      const sessionId = app.get(roomId);
      const data = `{"sip":true, "role":"client", "name":"'${conferenceNumber}'"}`;
      const token = OT.generateToken(sessionId, { role: 'publisher', data });
      const sipUri = `sip:${conferenceNumber}@sip.nexmo.com;transport=tls`;
      OT.dial(sessionId, token, sipUri, sipOptions, (error, sipCall) => {
        if (error || !sipCall) return void res.status(500).send('There was an error dialing out');
        app.set(conferenceNumber + roomId, sipCall.connectionId);
        res.json(sipCall);
      });
    });

    app.get('/hang-up', (req: Request, res: Response) => {
      const roomId = String(req.query.roomId);
      const connectionId = app.get(conferenceNumber + roomId);
      if (!app.get(roomId) || !connectionId) return void res.status(400).send('There was an error hanging up');
      OT.forceDisconnect(app.get(roomId), connectionId, error => {
        if (error) res.status(500).send('There was an error hanging up');
        else res.status(200).send('Ok');
      });
    });
  }

  #voice(): void {
    const app = this.#app;
    app.get('/voice-events', (_req, res) => void res.status(200).send());

    app.post('/voice-answer', (req, res) => {
      const session = req.body['SipHeader_X-OpenTok-SessionId'];
      res.json(
        session
          ? [{ action: 'conversation', name: session }]
          : [
              { action: 'talk', text: 'Please enter a pin code to join the session' },
              { action: 'input', eventUrl: [`${this.url}/voice-dtmf`] },
            ],
      );
    });

    app.post('/voice-dtmf', (req, res) => {
      const { dtmf } = req.body;
      res.json([{ action: 'conversation', name: app.get(dtmf) }]);
    });
  }
}

function generatePin(app: Express): number {
  const pin = Math.floor(Math.random() * 9000) + 1000;
  return app.get(String(pin)) ? generatePin(app) : pin;
}
