/** Something that reads what strangers write. */
export interface FuzzTarget {
  readonly name: string;
  /** Good texts, to be damaged. */
  readonly seeds: readonly Buffer[];
  /**
   * Reads one input as the product does.
   * @returns whether it could be read
   * @throws CrosspointError, SipParseError among them, when it could not; any other error is a fault
   */
  read(input: Buffer, random: () => number): boolean | Promise<boolean>;
}
