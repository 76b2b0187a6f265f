import type { ContractSnapshot } from '../src/compatibility/compatibility.ts';
import { type Protos, isOptional, isRequired, topicOf } from './protos.ts';
import protobuf from 'protobufjs';

/** The contract as compat/v1.json keeps it. */
export function snapshotOf({ messages, enums, services }: Protos): ContractSnapshot {
  return {
    messages: entries(messages, (message) =>
      Object.fromEntries(
        message.fieldsArray.map((field) => [field.id, `${field.name}: ${fieldText(field)}`]),
      ),
    ),
    enums: entries(enums, ({ values }) =>
      Object.fromEntries(Object.entries(values).map(([name, number]) => [number, name])),
    ),
    apis: entries(services, ({ methodsArray }) =>
      Object.fromEntries(
        methodsArray.map(({ name, requestType, responseType }) => [
          name,
          `(${requestType}) → ${responseType}`,
        ]),
      ),
    ),
    events: Object.fromEntries(
      messages.flatMap((message) => {
        const topic = topicOf(message);
        return topic === undefined ? [] : [[message.name, topic]];
      }),
    ),
  };
}

/** In a fixed order, so that moving a declaration changes nothing. */
function entries<Type extends { name: string }, Value>(types: readonly Type[], value: (type: Type) => Value) {
  const sorted = types.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(sorted.map((type) => [type.name, value(type)]));
}

function fieldText(field: protobuf.Field): string {
  if (field instanceof protobuf.MapField) return `map<${field.keyType}, ${field.type}>`;
  if (field.repeated) return `repeated ${field.type}`;
  if (isRequired(field)) return `required ${field.type}`;
  return isOptional(field) ? `optional ${field.type}` : field.type;
}
