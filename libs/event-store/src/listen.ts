import { backoffMs, pause } from '@carillon/service-runtime';
import { beginWith, keepAsking, type Session } from './session.js';

export interface Listening {
  close(): Promise<void>;
}

/** A server that vanished without a word is heard of when it leaves a question unanswered: see AnswerWatch. */
const ASK_EVERY_MS = 10_000;

export async function listen(
  open: () => Promise<Session>,
  channel: string,
  onNotify: (payload: string) => void,
): Promise<Listening> {
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  const connect = async () => {
    const session = await open();
    session.onNotification((name, payload) => {
      if (name === channel) onNotify(payload);
    });
    await beginWith(session, `LISTEN "${channel.replaceAll('"', '""')}"`);
    const gone = new AbortController();
    void session.closed.then(() => gone.abort());
    void keepAsking(session, ASK_EVERY_MS, AbortSignal.any([gone.signal, stopping.signal]));
    return session;
  };
  const stayConnected = async (first: Session) => {
    let session = first;
    for (let failures = 0; ; ) {
      await session.closed;
      if (stopped()) return;
      failures += 1;
      await pause(backoffMs(failures, { baseMs: 50, maxMs: 2_000 }), stopping.signal);
      if (stopped()) return;
      const again = await connect().catch(() => undefined);
      if (!again) continue;
      failures = 0;
      session = again;
      current = again;
      if (stopped()) await again.close();
      else onNotify('');
    }
  };
  let current = await connect();
  const running = stayConnected(current);
  return {
    async close() {
      stopping.abort();
      await current.close();
      await running;
    },
  };
}
