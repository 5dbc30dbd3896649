// A Redis server for tests: the machine's own `valkey-server` or `redis-server`, else a small one that speaks the
// protocol (RESP) and runs scripts in a real Lua, as far as counting needs it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { LuaFactory } from 'wasmoon';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startRedis(port: number): Promise<RedisServer> {
  const installed = ['valkey-server', 'redis-server'].find((name) => spawnSync(name, ['--version']).status === 0);
  return installed === undefined ? startSmall(port) : startInstalled(installed, port);
}

const urlOf = (port: number): string => `redis://127.0.0.1:${port}`;

async function startInstalled(command: string, port: number): Promise<RedisServer> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(command, options, { stdio: 'ignore' });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    port,
    url: urlOf(port),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

type Reply = string | number | null | Error | Reply[];

async function startSmall(port: number): Promise<RedisServer> {
  const lua = await new LuaFactory().createEngine();
  const store = openStore();
  // At once, from beginning to end: nothing of another connection comes in between.
  const evaluate = ([script = '', count = '0', ...rest]: readonly string[]): Reply => {
    lua.global.set('KEYS', rest.slice(0, Number(count)));
    lua.global.set('ARGV', rest.slice(Number(count)));
    // What is nothing to the protocol is false to a script.
    const call = (name: string, ...args: unknown[]) => store(name, args.map(String)) ?? false;
    lua.global.set('redis', { call });
    return lua.doStringSync(script) as Reply;
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, (name, args) => (name === 'eval' ? evaluate(args) : store(name, args)));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    url: urlOf(port),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      lua.global.close();
    },
  };
}

type Run = (name: string, args: readonly string[]) => Reply;

/** One command after the other; what comes between `MULTI` and `EXEC` is answered together. */
function serve(socket: Socket, run: Run): void {
  let bytes = Buffer.alloc(0);
  let queued: [string, readonly string[]][] | undefined;
  const answer = (name: string, args: readonly string[]): Reply => {
    if (name === 'multi') {
      queued = [];
      return 'OK';
    }
    if (name === 'exec') {
      const replies = (queued ?? []).map((command) => run(...command));
      queued = undefined;
      return replies;
    }
    if (queued === undefined) return run(name, args);
    queued.push([name, args]);
    return 'QUEUED';
  };
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let read = readCommand(bytes); read !== undefined; read = readCommand(bytes)) {
      bytes = bytes.subarray(read.length);
      const [name = '', ...args] = read.words;
      socket.write(encode(answer(name.toLowerCase(), args)));
    }
  });
}

/** `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`: a list of texts with their lengths. `undefined` until all of it is there. */
function readCommand(bytes: Buffer): { words: string[]; length: number } | undefined {
  let at = 0;
  const number = (): number | undefined => {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const value = Number(bytes.toString('latin1', at + 1, end));
    at = end + 2;
    return value;
  };
  const count = number();
  if (count === undefined) return undefined;
  const words: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const length = number();
    if (length === undefined || bytes.length < at + length + 2) return undefined;
    words.push(bytes.toString('utf8', at, at + length));
    at += length + 2;
  }
  return { words, length: at };
}

function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (reply instanceof Error) return `-ERR ${reply.message}\r\n`;
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (Array.isArray(reply)) return `*${reply.length}\r\n${reply.map(encode).join('')}`;
  return reply === 'OK' || reply === 'PONG' || reply === 'QUEUED'
    ? `+${reply}\r\n`
    : `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
}

/** The commands of the counting script, and of a client that opens and closes a connection. */
function openStore(): (name: string, args: readonly string[]) => Reply {
  const entries = new Map<string, { value: string; untilMs: number }>();
  const live = (key: string) => {
    const entry = entries.get(key);
    if (entry !== undefined && entry.untilMs <= Date.now()) entries.delete(key);
    return entries.get(key);
  };
  const until = (seconds: string): number => Date.now() + Number(seconds) * 1_000;
  const commands: Readonly<Record<string, (...args: string[]) => Reply>> = {
    ping: () => 'PONG',
    get: (key = '') => live(key)?.value ?? null,
    set: (key = '', value = '', ...[_ex, seconds = '', condition = '']) => {
      if (condition.toUpperCase() === 'NX' && live(key) !== undefined) return null;
      entries.set(key, { value, untilMs: until(seconds) });
      return 'OK';
    },
    incrby: (key = '', by = '') => {
      const entry = live(key) ?? { value: '0', untilMs: Number.POSITIVE_INFINITY };
      const value = Number(entry.value) + Number(by);
      entries.set(key, { ...entry, value: String(value) });
      return value;
    },
    pttl: (key = '') => {
      const entry = live(key);
      if (entry === undefined) return -2;
      return entry.untilMs === Number.POSITIVE_INFINITY ? -1 : entry.untilMs - Date.now();
    },
    expire: (key = '', seconds = '') => {
      const entry = live(key);
      if (entry !== undefined) entries.set(key, { ...entry, untilMs: until(seconds) });
      return entry === undefined ? 0 : 1;
    },
    keys: () => [...entries.keys()],
    client: () => 'OK',
  };
  return (name, args) => {
    const command = commands[name.toLowerCase()];
    return command === undefined ? new Error(`unknown command '${name}'`) : command(...args);
  };
}
