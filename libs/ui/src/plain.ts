/** Text that others chose. */

/** What is said of somebody, without what could turn the direction of text or break a line. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').trim()
