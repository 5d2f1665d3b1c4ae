import type { XmlElement } from './xml-tree.ts';

/** Each child with its place: `/Response/Gather[2]`, counted among those of its name. */
export function placesOf(parent: XmlElement, place: string): [XmlElement, string][] {
  const counts = new Map<string, number>();
  return parent.children.map(child => {
    const count = (counts.get(child.name) ?? 0) + 1;
    counts.set(child.name, count);
    return [child, `${place}/${child.name.slice(0, 40)}${count === 1 ? '' : `[${count}]`}`];
  });
}
