import { connect, createServer, type Server, type Socket } from 'node:net';
import { type CarillonError, invalid, isCarillonError, notFound } from '@carillon/event-sourcing';
import { Client, credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobRegistryApi } from '../generated/apis.js';
import { failureOf, someJob } from './bindings.contract.js';
import { grpcClient, type GrpcClientOptions } from './grpc-client.js';
import { bind, type GrpcServerOptions, serveGrpc } from './grpc-server.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(implementation: Partial<JobRegistryApi>, options: Partial<GrpcServerOptions> = {}) {
  const services = [bind('JobRegistry', implementation as JobRegistryApi)];
  const server = await serveGrpc({ port: 0, host: '127.0.0.1', services, ...options });
  closing.push(() => server.close());
  return server;
}

function clientOf(port: number, options?: GrpcClientOptions) {
  const client = grpcClient('JobRegistry', `127.0.0.1:${port}`, options);
  closing.push(() => client.close());
  return client;
}

const answering = { getJob: () => Promise.resolve(someJob) };
const asked = { jobId: 'a' };

describe('a service that is away', () => {
  it('is unavailable, by its address, and found again by the same client', async () => {
    const first = await serve(answering);
    const client = clientOf(first.port);
    expect(await client.getJob(asked)).toEqual(someJob);
    await first.close();
    const failure = await failureOf(client.getJob(asked));
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'serviceUnavailable' });
    expect((failure as Error).message).toContain(`127.0.0.1:${first.port}`);
    await serve(answering, { port: first.port });
    await expect.poll(() => client.getJob(asked).catch(() => undefined)).toEqual(someJob);
  });

  it('is unavailable when it dies with the call in its hands', async () => {
    const arrived = Promise.withResolvers<null>();
    const { port } = await serve({
      getJob: () => {
        arrived.resolve(null);
        return new Promise(() => undefined);
      },
    });
    const proxy = await proxyTo(port);
    const call = failureOf(clientOf(proxy.port).getJob(asked));
    await arrived.promise;
    proxy.cut();
    expect(await call).toMatchObject({ kind: 'unavailable', code: 'serviceUnavailable' });
  });
});

describe('the size of messages', () => {
  const huge = { ...asked, jobId: 'x'.repeat(20_000) };

  it.each([
    ['are sent', {}, { maxMessageBytes: 10_000 }],
    ['arrive', { maxMessageBytes: 10_000 }, {}],
  ])('is limited where they %s, which is no fault of the request', async (_, server, client) => {
    const { port } = await serve(answering, server);
    const failure = await failureOf(clientOf(port, client).getJob(huge));
    expect(isCarillonError(failure)).toBe(false);
    expect((failure as Error).message).toMatch(/^JobRegistry\/GetJob is more than gRPC takes: .*larger than/);
    expect((failure as Error).message).not.toContain('127.0.0.1');
  });

  it('does not keep an error from being told', async () => {
    const details = { others: Array.from({ length: 20_000 }, (_, index) => `other ${index}`) };
    const { port } = await serve({
      getJob: () => Promise.reject(notFound('jobNotFound', 'ö'.repeat(99_999), details)),
    });
    const failure = await failureOf(clientOf(port).getJob(asked));
    expect(failure).toMatchObject({ kind: 'notFound', code: 'jobNotFound', details: { truncated: true } });
  });

  it.each([
    ['many', 400, () => 'is not a time zone: Europe/Berlln; expected a name of the IANA database'],
    ['one that is too large among others', 4, (index: number) => 'ü'.repeat(index === 1 ? 20_000 : 20)],
    ['some with many more bytes than characters', 400, () => '\u0001'.repeat(50)],
  ])('leaves of the problems of an error as many as fit: %s', async (_, count, messageOf) => {
    const problems = Array.from({ length: count }, (__, index) => ({
      path: [index, 'schedules', 0, 'timezone'],
      message: messageOf(index),
    }));
    const { port } = await serve({
      getJob: () => Promise.reject(invalid('jobInvalid', 'Object is not valid', { problems })),
    });
    const failure = await failureOf(clientOf(port).getJob(asked));
    expect(failure).toMatchObject({ kind: 'invalid', code: 'jobInvalid', message: 'Object is not valid' });
    const { problems: given } = (failure as CarillonError).details as { problems: typeof problems };
    const told = given.slice(0, -1);
    const order = told.map(({ path: [index] }) => index as number);
    expect(told).toEqual(order.map((index) => problems[index]));
    const others = problems.filter((problem) => !told.some((one) => one.path[0] === problem.path[0]));
    const bytes = Buffer.byteLength(JSON.stringify(given));
    for (const left of others)
      expect(bytes + Buffer.byteLength(JSON.stringify(left))).toBeGreaterThan(32_000);
    expect(given.at(-1)).toMatchObject({
      path: [],
      message: expect.stringContaining(`These are ${told.length} of ${count} problems`),
    });
  });

  it('allows the answer to an apply that may be asked for', async () => {
    const job = { ...someJob, spec: { ...someJob.spec, description: 'd'.repeat(80_000) } };
    const change = { jobId: 'a', action: 'update' as const, before: job, spec: job.spec, after: job };
    const { port } = await serve({
      applyJobs: () => Promise.resolve({ changes: Array.from({ length: 200 }, () => change) }),
    });
    const request = { specs: [], prune: false, dryRun: false };
    expect((await clientOf(port).applyJobs(request)).changes).toHaveLength(200);
  });

  it('allows a page of large jobs', async () => {
    const job = { ...someJob, spec: { ...someJob.spec, description: 'd'.repeat(10_000) } };
    const { port } = await serve({
      listJobs: () => Promise.resolve({ jobs: Array.from({ length: 1_000 }, () => job) }),
    });
    expect((await clientOf(port).listJobs({ limit: 1_000 })).jobs).toHaveLength(1_000);
  });
});

describe('a server', () => {
  it.each([
    ['/carillon.v1.JobRegistry/GetJob', Buffer.from([0x0a, 0xff]), status.INVALID_ARGUMENT],
    ['/carillon.v1.JobRegistry/CreateJob', Buffer.alloc(0), status.INVALID_ARGUMENT],
    ['/carillon.v1.JobRegistry/NoSuchMethod', Buffer.alloc(0), status.UNIMPLEMENTED],
  ])('refuses a malformed call of %s', async (path, bytes, code) => {
    const { port } = await serve({ ...answering, createJob: () => Promise.resolve(someJob) });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    closing.push(() => client.close());
    const asIs = (it: Buffer) => it;
    const failure = await new Promise((resolve) => {
      client.makeUnaryRequest(path, asIs, asIs, bytes, (error) => resolve(error));
    });
    expect(failure).toMatchObject({ code });
  });

  it('finishes the calls under way before it closes', async () => {
    const arrived = Promise.withResolvers<null>();
    const finish = Promise.withResolvers<null>();
    const server = await serve({
      getJob: async () => {
        arrived.resolve(null);
        await finish.promise;
        return someJob;
      },
    });
    const call = clientOf(server.port).getJob(asked);
    await arrived.promise;
    const closed = server.close();
    finish.resolve(null);
    expect(await call).toEqual(someJob);
    await closed;
  });

  it('says in one sentence that its port is taken', async () => {
    const { port } = await serve(answering);
    const failure = await failureOf(serve(answering, { port }));
    expect(failure).toMatchObject({ name: 'ExitError' });
    expect((failure as Error).message).toBe(`cannot listen on 127.0.0.1:${port}: the port is in use`);
  });

  it('is a stranger when it serves something else', async () => {
    const { port } = await serve(answering);
    const history = grpcClient('History', `127.0.0.1:${port}`);
    closing.push(() => history.close());
    const failure = await failureOf(history.haveRuns({ runs: [] }));
    expect(isCarillonError(failure)).toBe(false);
    expect((failure as Error).message).toContain('History/HaveRuns at 127.0.0.1');
  });
});

/** A connection that can be cut like a cable. */
async function proxyTo(port: number) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((inbound) => {
    const outbound = connect(port, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    inbound.pipe(outbound).pipe(inbound);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  closing.push(cut);
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, cut };
}
