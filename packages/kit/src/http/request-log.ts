// What a request writes its lines with. Nearly every one writes but one line, that it was answered, and that needs no
// logger of its own: the one that says `reqId` with every line is made when it is asked for.
import type { FastifyBaseLogger } from 'fastify';

type Bindings = Readonly<Record<string, unknown>>;
type Options = Parameters<FastifyBaseLogger['child']>[1] & { readonly level?: string };
type Line = [line: object, text?: string];

/** For the server, whose requests get children of it. To a factory of them Fastify would not trust: it examines each one. */
export const logOfRequests = (log: FastifyBaseLogger): FastifyBaseLogger => new RequestLog(log, {});

class RequestLog implements FastifyBaseLogger {
  readonly level: string;
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  readonly #options: Options;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options: Options = {}) {
    this.level = options.level ?? parent.level;
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  trace(...line: Line): void {
    this.#own().trace(...line);
  }

  debug(...line: Line): void {
    this.#own().debug(...line);
  }

  info(...line: Line): void {
    this.#own().info(...line);
  }

  warn(...line: Line): void {
    this.#own().warn(...line);
  }

  error(...line: Line): void {
    this.#own().error(...line);
  }

  fatal(...line: Line): void {
    this.#own().fatal(...line);
  }

  silent(): void {}

  child(bindings: Bindings, options?: Options): FastifyBaseLogger {
    return new RequestLog(this.#own(), bindings, options);
  }

  #own(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings, this.#options);
    return this.#made;
  }
}
