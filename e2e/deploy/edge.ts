// What a client on this machine asks the edge of the compose file, by the names of the programs, whatever DNS knows of them.
import { request as ask } from 'node:http';
import type { Answer, Calls, Request } from '../cluster/traffic/calls.ts';

const timeoutMs = 45_000;

/** Each call is made once. */
export const openEdgeCalls = (): Calls => ({ made: [], send: askEdge, insist: askEdge });

function askEdge(_name: string, url: string, { method = 'GET', headers = {}, body }: Request = {}): Promise<Answer> {
  const { host, pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  return new Promise((resolve, reject) => {
    const asked = ask({ host: '127.0.0.1', port: 80, path, method, timeout: timeoutMs, agent: false });
    for (const [name, value] of Object.entries({ ...headers, host })) asked.setHeader(name, value);
    if (body !== undefined) asked.setHeader('content-type', 'application/json');
    asked.on('timeout', () => asked.destroy(new Error(`${url}: no answer in ${timeoutMs} ms`)));
    asked.on('error', reject);
    asked.on('response', async (answer) => {
      let text = '';
      for await (const piece of answer.setEncoding('utf8')) text += piece;
      const isJson = answer.headers['content-type']?.includes('json') === true;
      const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      resolve({
        status: answer.statusCode ?? 0,
        headers: new Headers(told),
        text,
        body: isJson ? (JSON.parse(text) as Answer['body']) : {},
      });
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
