"""Reads Carillon's public events from Kafka and prints each as a line of JSON.

    python consumer.py --brokers localhost:9092 --count 10 carillon.jobs carillon.triggers carillon.runs

Everything it knows of Carillon are the .proto files: `python -m grpc_tools.protoc` made carillon/v1/*_pb2.py of them
(see the spec beside this folder), which has to be on PYTHONPATH. Exits with 1 when the events do not come in time.
"""

import argparse
import json
import sys

from carillon.v1 import events_pb2
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.base import Format
from google.protobuf.descriptor import FieldDescriptor
from kafka import KafkaConsumer


class AsBytes(Format):
    """Leaves the data to us: the SDK knows no protobuf."""

    def read_data(self, body, datacontenttype):
        return body

    def write_data(self, data, datacontenttype):
        return data

    def read(self, event_factory, data):
        raise NotImplementedError("structured mode is not used")

    def write(self, event):
        raise NotImplementedError("structured mode is not used")

    def get_content_type(self):
        return "application/octet-stream"


def data_of(event):
    if event.get_datacontenttype() == "application/json":
        return json.loads(event.get_data())
    message_type = getattr(events_pb2, event.get_type().removeprefix("carillon."))
    return plain(message_type.FromString(event.get_data()))


def plain(message):
    """The message with names as in JSON; fields without presence always there, optional ones only when set."""
    return {
        field.json_name: plain_field(field, getattr(message, field.name))
        for field in message.DESCRIPTOR.fields
        if not field.has_presence or message.HasField(field.name)
    }


def plain_field(field, value):
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        item = field.message_type.fields_by_name["value"]
        return {key: plain_value(item, value[key]) for key in value}
    if field.is_repeated:
        return [plain_value(field, item) for item in value]
    return plain_value(field, value)


def plain_value(field, value):
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return plain(value)
    if field.type == FieldDescriptor.TYPE_ENUM:
        return field.enum_type.values_by_number[value].name
    return value


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--brokers", required=True)
    arguments.add_argument("--count", type=int, required=True)
    arguments.add_argument("--timeout", type=int, default=30, help="seconds without a message")
    arguments.add_argument("topics", nargs="+")
    options = arguments.parse_args()

    messages = KafkaConsumer(
        *options.topics,
        bootstrap_servers=options.brokers.split(","),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=options.timeout * 1000,
    )
    read = 0
    for message in messages:
        headers = dict(message.headers)
        event = from_binary(KafkaMessage(headers=headers, key=message.key, value=message.value), AsBytes())
        line = {
            "topic": message.topic,
            "partition": message.partition,
            "key": message.key.decode(),
            "specversion": event.get_specversion(),
            "type": event.get_type(),
            "source": event.get_source(),
            "id": event.get_id(),
            "time": event.get_time().isoformat(),
            "subject": event.get_subject(),
            "traceparent": event.get_extension("traceparent"),
            "data": data_of(event),
        }
        print(json.dumps(line), flush=True)
        read += 1
        if read == options.count:
            break
    messages.close()
    return 0 if read == options.count else 1


if __name__ == "__main__":
    sys.exit(main())
