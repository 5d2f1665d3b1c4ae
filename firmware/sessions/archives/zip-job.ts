/** What the zip thread is started with. */
export interface ZipJob {
  /** Written beside it first: there is no half file under that name. */
  readonly to: string;
  readonly entries: readonly { readonly path: string; readonly name: string }[];
  readonly manifest: { readonly name: string; readonly text: string };
}

/** Its only message. */
export type ZipAnswer = { readonly bytes: number } | { readonly problem: string };
