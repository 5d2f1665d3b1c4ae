/** What speaks. */
export interface SpeechProvider {
  /**
   * Looks what there is; asked once, before anything is spoken.
   * @throws CrosspointError script.speech-unavailable
   */
  probe(): Promise<SpeechEngine>;
  close(): void;
}

export interface SpeechEngine {
  /** Of the engine: what another has spoken is spoken anew. */
  readonly version: string;
  /** Languages by their tags in lower case ("en-gb"), and what the engine calls them. */
  readonly languages: ReadonlyMap<string, string>;
  /** @returns what the engine calls the language's voice of that kind */
  voiceOf(language: string, kind: VoiceKind | null): string;
  /**
   * Writes a WAV file.
   * @throws CrosspointError script.speech-failed, script.speech-unavailable
   */
  speak(text: string, voice: string, file: string): Promise<void>;
}

export type VoiceKind = 'male' | 'female';
