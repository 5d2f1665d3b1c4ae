/** One page of a list, as the vendor's SDKs walk through it (CONTRACT §4.3): its addresses are paths. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Path of the list, with `.json`. */
  readonly path: string;
  /** What was asked for, without the page's own. */
  readonly query: URLSearchParams;
  readonly page: number;
  readonly size: number;
  /** Where the next one begins; null: there is none. */
  readonly next: string | null;
}

export const MAX_PAGE_SIZE = 1000;
export const PAGE_SIZE = 50;

export function paged<T>(name: string, { items, path, query, page, size, next }: Page<T>) {
  const uri = (number: number, token: string | null) => {
    const asked = new URLSearchParams(query);
    asked.set('PageSize', String(size));
    asked.set('Page', String(number));
    if (token !== null) asked.set('PageToken', token);
    return `${path}?${asked}`;
  };
  return {
    [name]: items,
    page,
    page_size: size,
    start: page * size,
    end: page * size + Math.max(0, items.length - 1),
    uri: uri(page, null),
    first_page_uri: uri(0, null),
    next_page_uri: next === null ? null : uri(page + 1, next),
    previous_page_uri: null,
  };
}

export interface AskedPage {
  readonly page: number;
  readonly size: number;
  readonly token: string | null;
  /** The rest of the query. */
  readonly query: URLSearchParams;
}

export function askedPage(given: Readonly<Record<string, unknown>>): AskedPage {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) for (const one of [value].flat()) query.append(name, String(one));
  const size = Number(query.get('PageSize') ?? PAGE_SIZE);
  const page = Number(query.get('Page') ?? 0);
  const token = query.get('PageToken');
  for (const own of ['PageSize', 'Page', 'PageToken']) query.delete(own);
  return {
    page: Number.isInteger(page) && page >= 0 ? page : 0,
    size: Number.isInteger(size) && size >= 1 ? Math.min(size, MAX_PAGE_SIZE) : PAGE_SIZE,
    token,
    query,
  };
}
