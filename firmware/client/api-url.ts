import { OTError } from './ot-error.ts';

/** Of this script; replaced by the bundler where the other way to know it does not exist. */
const source: string | undefined =
  typeof document === 'undefined'
    ? undefined
    : ((document.currentScript as HTMLScriptElement | null)?.src ?? import.meta.url);

let chosen: string | undefined;

/** For every session of the page. @throws OTError OT_INVALID_PARAMETER */
export function setApiUrl(url: string): void {
  chosen = checked(url);
}

/** Where the box is, without a slash at the end: the option, what the page has chosen, or where the script came from. */
export function apiUrl(option: string | undefined): string {
  const url = option === undefined ? (chosen ?? (source && new URL(source).origin)) : checked(option);
  if (url === undefined) throw new OTError('OT_INVALID_PARAMETER', 'Say by apiUrl where the box is');
  return url;
}

function checked(url: string): string {
  if (!/^https?:\/\/[^/]/.test(url)) throw new OTError('OT_INVALID_PARAMETER', `apiUrl is no http(s) address: ${url}`);
  return url.replace(/\/+$/, '');
}
