/** Of bodies of calls, in the names of Mesos's JSON. */
const REQUIRED: Readonly<Record<string, readonly string[] | undefined>> = {
  subscribe: ['framework_info'],
  kill: ['task_id'],
  shutdown: ['executor_id', 'agent_id'],
  acknowledge: ['agent_id', 'task_id', 'uuid'],
  acknowledge_operation_status: ['uuid', 'operation_id'],
  message: ['agent_id', 'executor_id', 'data'],
  update_framework: ['framework_info'],
};

/** What a call in JSON lacks that protobuf requires: `message.data`. */
export function missingFields(call: unknown): string[] {
  return Object.entries(record(call)).flatMap(([name, body]) => {
    const fields = record(body);
    return (REQUIRED[name] ?? [])
      .filter((field) => fields[field] === undefined)
      .map((field) => `${name}.${field}`);
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
