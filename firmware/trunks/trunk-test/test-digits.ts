/** Sent on a test call; an echo or an announcement takes no harm from them. */
export const TEST_DIGITS = '123#';
