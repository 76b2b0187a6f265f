import { describe, expect, it } from 'vitest';
import { leadersNode, masterOf } from './master-nodes.js';

/** As Mesos 1.11 writes it. */
const info = {
  address: { hostname: 'm2.example', ip: '10.0.0.2', port: 5050 },
  capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
  hostname: 'm2.example',
  id: '06dcb196-0c5b-4591-986c-97d4676a14f9',
  ip: 33554442,
  pid: 'master@10.0.0.2:5050',
  port: 5050,
  version: '1.11.0',
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('the nodes of masters', () => {
  it('the lowest number leads', () => {
    const children = ['log_replicas', 'json.info_0000000012', 'info_0000000003', 'json.info_0000000007'];
    expect(leadersNode(children)).toBe('json.info_0000000007');
    expect(leadersNode(['json.info_2147483647', 'json.info_10000000000'])).toBe('json.info_2147483647');
    expect(leadersNode(['log_replicas', 'json.info_'])).toBeUndefined();
  });

  it('have the address: the IP, or for TLS the name', () => {
    expect(masterOf(bytes(info), false)).toEqual({ host: '10.0.0.2', port: 5050, secure: false });
    expect(masterOf(bytes(info), true)).toEqual({ host: 'm2.example', port: 5050, secure: true });
    expect(masterOf(bytes({ hostname: 'm1', ip: 1, port: 5051 }), false)).toMatchObject({
      host: 'm1',
      port: 5051,
    });
  });

  it.each([
    [''],
    ['{}'],
    ['null'],
    ['{"address":{"ip":"1.2.3.4"}}'],
    ['{"address":{"ip":"1.2.3.4","port":0}}'],
  ])('are refused: %j', (text) => {
    expect(() => masterOf(Buffer.from(text), false)).toThrow();
  });
});
