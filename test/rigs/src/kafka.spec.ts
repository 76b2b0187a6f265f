import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { skipsBecause } from './availability.js';
import { kafkaMissing, startKafka } from './kafka.js';

describe.skipIf(skipsBecause('the Kafka rig', kafkaMissing()))('startKafka', () => {
  it('starts a real Kafka that keeps its topics when it is killed and started again', async () => {
    const rig = await startKafka();
    try {
      const topic = `rig-${process.pid}-${Date.now()}`;
      const admin = new Kafka({ brokers: rig.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
      await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3 }] });
      await admin.disconnect();
      if (rig.owned) {
        await rig.kill9();
        await rig.restart();
      }
      await admin.connect();
      await expect.poll(() => admin.listTopics(), { timeout: 20_000 }).toContain(topic);
      await admin.disconnect();
    } finally {
      await rig.stop();
    }
  });
});
