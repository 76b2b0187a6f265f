import { expect, test } from 'vitest';
import { documentPage } from './document-page.js';
import type { Route } from './route.js';
import { v2Document, v2Routes } from './serve-v2.js';

const page = documentPage(v2Document);

test('every link on the page leads somewhere', () => {
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id);
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id));
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter((id) => !ids.has(id))).toEqual([]);
  expect(page).not.toMatch(/undefined|\[object Object\]|NaN/);
});

test('every body has an example, which is taken', () => {
  const withBody = v2Routes.filter((one): one is Route & { body: object } => one.body !== undefined);
  expect(withBody.length).toBeGreaterThan(7);
  for (const { operationId, body, example } of withBody) {
    const problems: object[] = [];
    expect(body(example, [], problems as never), operationId).not.toBeNull();
    expect(problems, operationId).toEqual([]);
  }
});

test('the document says that a list of jobs may come one to a line', () => {
  const { requestBody } = v2Document.paths['/v2/jobs:apply']?.['put'] ?? {};
  expect(Object.keys(requestBody?.content ?? {})).toEqual(['application/json', 'application/x-ndjson']);
});

test('every operation says what its parameters are', () => {
  const operations = Object.values(v2Document.paths).flatMap((methods) => Object.values(methods));
  for (const { operationId, parameters } of operations) {
    const silent = parameters.filter(
      ({ in: place, description, schema }) => place === 'query' && !description && !('enum' in schema),
    );
    expect(
      silent.map(({ name }) => name),
      operationId,
    ).toEqual([]);
  }
});

test('every status of a problem is said, with what is answered', () => {
  const problems = Object.entries(v2Document.components.responses);
  for (const [name, { description, content }] of problems) {
    expect(description).toBeTruthy();
    const status = Number(name.replace('Problem', ''));
    expect(content).toMatchObject({
      'application/problem+json': { example: { status, title: expect.any(String) } },
    });
  }
  for (const operation of Object.values(v2Document.paths).flatMap((methods) => Object.values(methods))) {
    for (const answer of Object.values(operation.responses)) {
      if (!('$ref' in answer)) continue;
      expect(problems.map(([name]) => `#/components/responses/${name}`)).toContain(answer.$ref);
    }
  }
});
