/** The release that firmware and worker belong to; a test holds it against package.json. */
export const VERSION = '0.1.0';
