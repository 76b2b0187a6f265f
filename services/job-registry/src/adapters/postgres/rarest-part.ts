/** A number is likely to be rarer than any word, a long word rarer than a short one. */
const likelyRare = (word: string) => word.length + (/\p{N}/u.test(word) ? 100 : 0);

/** Each with the whole characters beside it, of which one may be two units of UTF-16, and half of it is in no text. */
const WORDS = /(?<=(.?))([\p{L}\p{N}]+)(?=(.?))/gsu;

/**
 * The word of a text that probably few texts have, with what stands before and after it in the text: a word's ends are
 * trigrams, too. A text without words is its own part.
 */
export function rarestPart(text: string): string {
  let part = text;
  let best = 0;
  for (const [, before = '', word = '', after = ''] of text.matchAll(WORDS)) {
    if (likelyRare(word) < best) continue;
    best = likelyRare(word);
    part = before + word + after;
  }
  return part;
}
