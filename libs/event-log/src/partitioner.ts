const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The partition of a key: that of Kafka's default partitioner, so that every client of the topics finds the same.
 * murmur2 as in org.apache.kafka.common.utils.Utils.
 */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const view = new DataView(data.buffer, data.byteOffset, length);
  let h = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k = Math.imul(view.getInt32(at, true), M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  let tail = 0;
  for (let shift = 0; at < length; at += 1, shift += 8) tail |= view.getUint8(at) << shift;
  if (length % 4 !== 0) h = Math.imul(h ^ tail, M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}
