import { type Protos, topicOf } from './protos.ts';
import type { Schema } from './schemas.ts';

const publishers: Readonly<Record<string, string>> = {
  'carillon.jobs': 'job-registry',
  'carillon.triggers': 'timer',
  'carillon.runs': 'scheduler-framework',
};

const text = { type: 'string' };

/** The headers of every message: CloudEvents 1.0 in Kafka's binary mode, with its tracing extension. */
const headers: Schema = {
  type: 'object',
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_type: { ...text, description: 'carillon. and the name of the event' },
    ce_source: { ...text, description: 'the service that published it' },
    ce_id: { ...text, description: 'unique within the source' },
    ce_time: { ...text, format: 'date-time', description: 'when it was recorded' },
    ce_subject: { ...text, description: 'the id of the job' },
    ce_schemaversion: { ...text, description: 'of the data: 1, 2, 3 …', pattern: '^[1-9][0-9]*$' },
    ce_traceparent: { ...text, description: 'W3C trace context of the recording' },
    ce_tracestate: text,
    'content-type': { enum: ['application/protobuf', 'application/json'] },
    traceparent: { ...text, description: 'W3C trace context of the publishing' },
    tracestate: text,
  },
  required: [
    'ce_specversion',
    'ce_type',
    'ce_source',
    'ce_id',
    'ce_time',
    'ce_subject',
    'ce_schemaversion',
    'content-type',
  ],
};

/** The AsyncAPI 3 document of the public events. */
export function asyncApi({ messages }: Protos, version: string): Schema {
  const events = messages.flatMap((message) => {
    const topic = topicOf(message);
    return topic === undefined ? [] : [{ name: message.name, comment: message.comment, topic }];
  });
  const topics = [...new Set(events.map((event) => event.topic))];
  const eventsOf = (topic: string) => events.filter((event) => event.topic === topic);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Carillon public events',
      version,
      description:
        'What happened to jobs and runs. The data of an event is the protobuf message carillon.v1.<name> ' +
        '(content-type application/protobuf), or the same as JSON where the service is set to it; the schemas ' +
        'here describe both. Order holds within one topic and job.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/protobuf',
    channels: Object.fromEntries(
      topics.map((topic) => [
        keyOf(topic),
        {
          address: topic,
          title: `Published by ${publisherOf(topic)}`,
          messages: Object.fromEntries(
            eventsOf(topic).map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
          ),
          bindings: { kafka: { topic, bindingVersion: '0.5.0' } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      topics.map((topic) => [
        `publish${upperFirst(keyOf(topic))}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${keyOf(topic)}` },
          summary: `${publisherOf(topic)} publishes what happened.`,
          messages: eventsOf(topic).map(({ name }) => ({
            $ref: `#/channels/${keyOf(topic)}/messages/${name}`,
          })),
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        events.map(({ name, comment }) => [
          name,
          {
            name: `carillon.${name}`,
            title: name,
            ...(comment ? { summary: comment } : {}),
            headers: { $ref: '#/components/schemas/headers' },
            payload: { $ref: `./schemas/${name}.json` },
            bindings: {
              kafka: { key: { type: 'string', description: 'the id of the job' }, bindingVersion: '0.5.0' },
            },
          },
        ]),
      ),
      schemas: { headers },
    },
  };
}

function publisherOf(topic: string): string {
  const publisher = publishers[topic];
  if (publisher === undefined) throw new Error(`say in asyncapi.ts who publishes ${topic}`);
  return publisher;
}

const keyOf = (topic: string) => topic.replace(/^carillon\./, '');
const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
