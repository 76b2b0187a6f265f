/** What a text search looks into, and the labels, of a row of `streams`. Indexed: queries must say exactly the same. */
export const SEARCH_TEXT = `lower((state->'spec'->>'id') || E'\\n' || coalesce(state->'spec'->>'description', '')
  || E'\\n' || coalesce(state->'spec'->>'labels', ''))`;
export const LABELS = `(state->'spec'->'labels')::jsonb`;
