/** What a caller hears who is asked for a PIN. */
export interface PinTexts {
  readonly language: string;
  readonly ask: string;
  readonly wrong: string;
  readonly sorry: string;
  readonly locked: string;
  readonly welcome: string;
}

const english: PinTexts = {
  language: 'en-GB',
  ask: 'Please enter your PIN, followed by the hash key.',
  wrong: 'That PIN is not correct. Please try again.',
  sorry: 'That PIN is not correct. Goodbye.',
  locked: 'There were too many wrong PINs. Please call again later.',
  welcome: 'You are being connected.',
};

const texts: readonly PinTexts[] = [
  english,
  {
    language: 'de',
    ask: 'Bitte geben Sie Ihre PIN ein, gefolgt von der Raute-Taste.',
    wrong: 'Diese PIN ist nicht richtig. Bitte versuchen Sie es noch einmal.',
    sorry: 'Diese PIN ist nicht richtig. Auf Wiederhören.',
    locked: 'Es gab zu viele falsche PINs. Bitte rufen Sie später noch einmal an.',
    welcome: 'Sie werden verbunden.',
  },
  {
    language: 'nl',
    ask: 'Voer uw pincode in, gevolgd door een hekje.',
    wrong: 'Deze pincode is niet juist. Probeer het nog eens.',
    sorry: 'Deze pincode is niet juist. Tot ziens.',
    locked: 'Er waren te veel onjuiste pincodes. Belt u later nog eens.',
    welcome: 'U wordt verbonden.',
  },
  {
    language: 'fr',
    ask: 'Veuillez saisir votre code, suivi de la touche dièse.',
    wrong: "Ce code n'est pas correct. Veuillez réessayer.",
    sorry: "Ce code n'est pas correct. Au revoir.",
    locked: 'Il y a eu trop de codes incorrects. Veuillez rappeler plus tard.',
    welcome: 'Vous allez être mis en relation.',
  },
  {
    language: 'es',
    ask: 'Introduzca su código, seguido de la tecla almohadilla.',
    wrong: 'Ese código no es correcto. Inténtelo de nuevo.',
    sorry: 'Ese código no es correcto. Adiós.',
    locked: 'Ha habido demasiados códigos incorrectos. Llame más tarde.',
    welcome: 'Le estamos conectando.',
  },
];

/** In the language of a BCP 47 tag; in English where there is none of it. */
export function pinTexts(tag: string): PinTexts {
  const [wanted = ''] = tag.toLowerCase().split('-');
  const found = texts.find(({ language }) => language.toLowerCase().split('-')[0] === wanted);
  return found ? { ...found, language: tag } : english;
}
