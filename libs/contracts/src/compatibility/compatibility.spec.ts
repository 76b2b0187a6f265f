import { describe, expect, it } from 'vitest';
import { breakingChanges, type ContractSnapshot } from './compatibility.js';

const before: ContractSnapshot = {
  messages: { RunDue: { 1: 'jobId: string', 2: 'dueAt: int64', 3: 'labels: map<string, string>' } },
  enums: { Trigger: { 0: 'schedule', 1: 'manual' } },
  apis: { JobRegistry: { GetJob: '(GetJobRequest) → Job' } },
  events: { RunDue: 'carillon.triggers' },
};
const RunDue = before.messages['RunDue'];

const change = (part: Partial<ContractSnapshot>) => breakingChanges(before, { ...before, ...part });

describe('additions', () => {
  it.each<Partial<ContractSnapshot>>([
    {},
    { messages: { RunDue: { ...RunDue, 4: 'note: optional string' }, Other: { 1: 'run: required Run' } } },
    { enums: { Trigger: { 0: 'schedule', 1: 'manual', 2: 'event' }, Other: {} } },
    { apis: { JobRegistry: { ...before.apis['JobRegistry'], AddJob: '(Job) → Job' } } },
    { events: { RunDue: 'carillon.triggers', Other: 'carillon.runs' } },
  ])('break nothing (%#)', (part) => {
    expect(change(part)).toEqual([]);
  });
});

describe('the rest breaks', () => {
  it.each<[string, Partial<ContractSnapshot>, string]>([
    ['a removed message', { messages: {} }, 'message RunDue was removed'],
    [
      'a removed field',
      { messages: { RunDue: { 1: 'jobId: string', 2: 'dueAt: int64' } } },
      'message RunDue: field 3 (labels: map<string, string>) was removed',
    ],
    [
      'a renamed field',
      { messages: { RunDue: { ...RunDue, 1: 'job: string' } } },
      'message RunDue: field 1 was jobId: string and is job: string',
    ],
    [
      'a retyped field',
      { messages: { RunDue: { ...RunDue, 2: 'dueAt: string' } } },
      'message RunDue: field 2 was dueAt: int64 and is dueAt: string',
    ],
    [
      'a new required field',
      { messages: { RunDue: { ...RunDue, 4: 'spec: required JobSpec' } } },
      'message RunDue: field 4 (spec: required JobSpec) is new and required',
    ],
    [
      'a renumbered member',
      { enums: { Trigger: { 0: 'manual', 1: 'schedule' } } },
      'enum Trigger: member 0 was schedule and is manual',
    ],
    ['a removed method', { apis: { JobRegistry: {} } }, 'API JobRegistry: method GetJob'],
    [
      'another topic',
      { events: { RunDue: 'carillon.due' } },
      'public event RunDue was carillon.triggers and is carillon.due',
    ],
  ])('%s', (_name, part, expected) => {
    expect(change(part)[0]).toContain(expected);
  });

  it('in two places when a field is renumbered', () => {
    expect(change({ messages: { RunDue: { 1: 'jobId: string', 3: 'dueAt: int64' } } })).toHaveLength(2);
  });
});
