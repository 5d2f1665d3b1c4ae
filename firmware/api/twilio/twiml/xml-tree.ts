import { SaxesParser } from 'saxes';
import { CrosspointError } from '../../../base/errors.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** All of its own text, with references resolved. */
  text: string;
}

const MAX_DEPTH = 8;
const MAX_ELEMENTS = 1_000;
const MAX_ATTRIBUTES = 50;
const MAX_VALUE = 8_192;
const MAX_TEXT = 65_536;

/**
 * Reads a document into a tree: well-formed XML without a document type, so without entities of its own.
 * @throws CrosspointError script.not-a-script
 */
export function xmlTree(text: string): XmlElement {
  const parser = new SaxesParser({ position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  let length = 0;
  parser.on('error', error => {
    throw refused(error.message);
  });
  parser.on('doctype', () => {
    throw refused('a document type is not taken');
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (elements > MAX_ELEMENTS) throw refused(`it has more than ${MAX_ELEMENTS} elements`);
    if (open.length >= MAX_DEPTH) throw refused(`it is nested more than ${MAX_DEPTH} deep`);
    const given = Object.entries(attributes as Record<string, string>);
    if (given.length > MAX_ATTRIBUTES) throw refused(`an element has more than ${MAX_ATTRIBUTES} attributes`);
    if (given.some(([, value]) => value.length > MAX_VALUE))
      throw refused(`an attribute is longer than ${MAX_VALUE} characters`);
    const element: XmlElement = { name, attributes: new Map(given), children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const heard = (more: string) => {
    length += more.length;
    if (length > MAX_TEXT) throw refused(`it has more than ${MAX_TEXT} characters of text`);
    const element = open.at(-1);
    if (element) element.text += more;
  };
  parser.on('text', heard);
  parser.on('cdata', heard);
  try {
    // What stands before it is no part of the document, but common.
    parser.write(text.trimStart()).close();
  } catch (error) {
    throw error instanceof CrosspointError ? error : refused('it cannot be read');
  }
  if (root === null) throw refused('it is empty');
  return root;
}

function refused(why: string): CrosspointError {
  // The parser says where: line and column, and at most a few characters of the document.
  return new CrosspointError('script.not-a-script', `The document is no TwiML: ${why.slice(0, 200)}`);
}
