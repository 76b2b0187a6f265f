import { describe, expect, test } from 'vitest';
import { labelSelector } from './parameters.js';

describe('a selection by labels', () => {
  test.each([
    ['team=data,tier=1', { team: 'data', tier: '1' }],
    ['team=data,team=data', { team: 'data' }],
    ['team=', { team: '' }],
  ])('%s', (text, labels) => expect(labelSelector.parse(text)).toEqual(labels));

  test.each([
    ['team=data,team=web', "team cannot be both 'data' and 'web'"],
    ['team=,tier=1,team=web', "team cannot be both '' and 'web'"],
    ['team', 'must be label=value, several separated by commas'],
  ])('%s is refused: it %s', (text, message) => {
    expect(labelSelector.safeParse(text).error?.issues).toMatchObject([{ message }]);
  });
});
