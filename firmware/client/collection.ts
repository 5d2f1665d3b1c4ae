/** Items by id, in the order in which they came. */
export class Collection<Item> {
  readonly #items = new Map<string, Item>();

  add(id: string, item: Item): void {
    this.#items.set(id, item);
  }

  remove(id: string): void {
    this.#items.delete(id);
  }

  clear(): void {
    this.#items.clear();
  }

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  length(): number {
    return this.#items.size;
  }

  forEach(each: (item: Item) => void): void {
    for (const item of this) each(item);
  }

  map<Result>(to: (item: Item) => Result): Result[] {
    return [...this].map(item => to(item));
  }

  filter(keep: (item: Item) => boolean): Item[] {
    return [...this].filter(item => keep(item));
  }

  find(is: (item: Item) => boolean): Item | undefined {
    return [...this].find(item => is(item));
  }

  where(properties: Partial<Item>): Item[] {
    const wanted = Object.entries(properties) as [keyof Item, unknown][];
    return this.filter(item => wanted.every(([name, value]) => item[name] === value));
  }

  /** A copy: items may come and go while it is walked through. */
  [Symbol.iterator](): IterableIterator<Item> {
    return [...this.#items.values()][Symbol.iterator]();
  }
}
