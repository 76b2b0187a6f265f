/** A number is likely to be rarer than any word, a long word rarer than a short one. */
const likelyRare = (word: string) => word.length + (/\p{N}/u.test(word) ? 100 : 0);

/**
 * The word of a text that probably few texts have, with what stands before and after it in the text: a word's ends are
 * trigrams, too. A text without words is its own part.
 */
export function rarestPart(text: string): string {
  let part = text;
  let best = 0;
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (likelyRare(word) < best) continue;
    best = likelyRare(word);
    part = text.slice(Math.max(0, index - 1), index + word.length + 1);
  }
  return part;
}
