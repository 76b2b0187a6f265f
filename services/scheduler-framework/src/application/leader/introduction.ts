import { type FrameworkInfo, MesosCallError, type MesosConnection } from '@carillon/mesos';
import { type Logger, type Loop, TurnLoop } from '@carillon/service-runtime';

export interface IntroductionOptions {
  /** What the framework is now. Throws where that cannot be known. */
  readonly frameworkInfo: () => FrameworkInfo;
  readonly connection: () => MesosConnection | undefined;
  readonly lookEveryMs: number;
  readonly log: Logger;
  /** After the master has taken a change: it has forgotten what was suppressed. */
  readonly onChanged: () => void;
}

/** Tells the master when the framework has changed, on the subscription that is there: tasks and offers stay. */
export class Introduction implements Loop {
  readonly #o: IntroductionOptions;
  readonly #loop: TurnLoop;
  /** What is in force, and what was refused, as JSON. */
  #info: FrameworkInfo;
  #said: string;
  #refused = '';

  constructor(said: FrameworkInfo, options: IntroductionOptions) {
    this.#o = options;
    this.#info = said;
    this.#said = JSON.stringify(said);
    this.#loop = new TurnLoop({ name: 'introduction', log: options.log, turn: () => this.#turn() });
  }

  /** What is in force. */
  get info(): FrameworkInfo {
    return this.#info;
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #turn(): Promise<number> {
    const { frameworkInfo, connection, lookEveryMs } = this.#o;
    let info: FrameworkInfo;
    try {
      info = frameworkInfo();
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error), error);
      return lookEveryMs;
    }
    const wanted = JSON.stringify(info);
    // Who takes a refused change back may make it again.
    if (wanted === this.#said) this.#refused = '';
    // A subscription that is under way has said what was in force when it began.
    const open = connection();
    if (wanted !== this.#said && wanted !== this.#refused && open?.subscribed === true) {
      await this.#tell(open, info, wanted);
    }
    return lookEveryMs;
  }

  async #tell(connection: MesosConnection, info: FrameworkInfo, wanted: string): Promise<void> {
    const { log, onChanged } = this.#o;
    try {
      await connection.updateFramework(info);
    } catch (error) {
      if (!(error instanceof MesosCallError)) throw error;
      this.#refuse(wanted, error);
      return;
    }
    this.#info = info;
    this.#said = wanted;
    this.#refused = '';
    const { roles, labels, webuiUrl, failoverTimeout } = info;
    log.info({ roles, labels: labels?.labels, webuiUrl, failoverTimeout }, 'the framework has changed');
    onChanged();
  }

  /** Said once for the same reason. */
  #refuse(reason: string, error: unknown): void {
    if (this.#refused === reason) return;
    this.#refused = reason;
    this.#o.log.warn({ err: error }, 'a change of the framework is not taken; it stays as it was');
  }
}
