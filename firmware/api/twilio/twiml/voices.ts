/**
 * The voices of the vendor as male or female ones, which is what the box has. Names of others leave it to the language.
 */
const MALE = new Set(
  'man Matthew Joey Justin Kevin Brian Arthur Russell Geraint Mathieu Remi Liam Hans Daniel Enrique Sergio Miguel Andres Pedro Giorgio Adriano Ricardo Thiago Cristiano Ruben Jacek Jan Maxim Takumi Stephen Gregory'.split(
    ' ',
  ),
);

/** @param name `man`, `Polly.Brian`, `Polly.Joanna-Neural`, `Google.en-GB-Standard-B` */
export function voiceOf(name: string | null): string | null {
  if (name === null || name === '') return null;
  const bare = name.replace(/^(Polly|Google)\./, '').replace(/-(Neural|Generative|Long-Form)$/, '');
  if (MALE.has(bare)) return 'male';
  return name === 'woman' || name === 'alice' || name.startsWith('Polly.') ? 'female' : null;
}

/** The language that a voice of the vendor's speaks: `Google.en-GB-Standard-B`. */
export function languageOfVoice(name: string | null): string | null {
  return /^Google\.([a-z]{2,3}-[A-Z]{2})/.exec(name ?? '')?.[1] ?? null;
}
