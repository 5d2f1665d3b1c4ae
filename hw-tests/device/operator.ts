import type { Box } from '../rig/box.ts';
import { until } from '../rig/until.ts';

/** What these tests read of a call (`GET /device/calls/{id}`). */
export interface DeviceCall {
  readonly id: string;
  readonly project: string;
  readonly connectionId: string | null;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly trunks: { readonly in: string | null; readonly out: string | null };
  readonly target: string | null;
  readonly sipCallIds: readonly string[];
  readonly state: string;
  readonly createdAt: number;
  readonly ringingAt: number | null;
  readonly activeAt: number | null;
  readonly endedAt: number | null;
  readonly codecs: readonly ({ readonly sends: string; readonly reason: string } | null)[];
  readonly sides: readonly { readonly security: string | null; readonly advertised: string | null }[];
  readonly quality: readonly { readonly call: { readonly received: { readonly packets: number } } }[];
  readonly digitCount: number;
  readonly tries: readonly { readonly hop: string | null; readonly outcome: string }[];
  readonly result: string | null;
  readonly reason: {
    readonly code: string;
    readonly slug: string;
    readonly endedBy: string;
    readonly detail: string | null;
  } | null;
  readonly trace: string;
  readonly verdict: {
    readonly rule: string;
    readonly side: string;
    readonly sentence: string;
    readonly evidence: Readonly<Record<string, readonly string[]>>;
  } | null;
}

/** What an operator sees of a box. */
export class Operator {
  readonly #box: () => Box;

  constructor(box: () => Box) {
    this.#box = box;
  }

  async get<T>(path: string): Promise<T> {
    const { status, text, body } = await this.#box().asOperator('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return body as T;
  }

  async calls(query: string): Promise<readonly DeviceCall[]> {
    return (await this.get<{ items: readonly DeviceCall[] }>(`/device/calls?${query}`)).items;
  }

  call(id: string): Promise<DeviceCall> {
    return this.get(`/device/calls/${id}`);
  }

  /** The call of a connection once it is over. */
  ended(connectionId: string): Promise<DeviceCall> {
    return until('the record of a call', async () => (await this.calls(`state=ended&text=${connectionId}`))[0], {
      limitMs: 10_000,
      everyMs: 20,
    });
  }
}
