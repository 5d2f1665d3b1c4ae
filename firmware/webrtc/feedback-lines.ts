/** One a=rtcp-fb (RFC 4585 §4.2). */
export interface FeedbackLine {
  /** Null: of every format of its media. */
  readonly payloadType: number | null;
  /** "nack pli", "ccm fir" … with single blanks. */
  readonly value: string;
}

/** More than a browser has for all formats of one media. */
const MAX_LINES = 512;
const LINE = /^a=rtcp-fb:(\*|\d{1,3}) +([!-~]+(?: +[!-~]+)*)$/;

/** Of each m= line in turn. What is not well formed counts as not there: feedback is a favour. */
export function readFeedbackLines(text: string): FeedbackLine[][] {
  const media: FeedbackLine[][] = [];
  for (const untrimmed of text.split(/[\r\n]+/)) {
    const line = untrimmed.trimEnd();
    if (line.startsWith('m=')) media.push([]);
    const section = media.at(-1);
    const [, payloadType, value] = (section && LINE.exec(line)) ?? [];
    if (!section || value === undefined || section.length >= MAX_LINES) continue;
    section.push({
      payloadType: payloadType === '*' ? null : Number(payloadType),
      value: value.replace(/ +/g, ' '),
    });
  }
  return media;
}
