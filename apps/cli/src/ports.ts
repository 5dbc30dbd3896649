// Looks whether ports are free before anything is opened: a half-started system helps nobody.
import { createServer } from 'node:net';

/** Both loopbacks: what listens on `[::1]` alone would get the browsers that ask for `localhost`. */
const LOOPBACKS = ['127.0.0.1', '::1'];

export async function refusePortsInUse(ports: readonly number[]): Promise<void> {
  const inUse = await Promise.all(ports.map(isInUse));
  const taken = ports.find((_port, index) => inUse[index]);
  if (taken === undefined) return;
  const { CannotListen, portInUse } = await import('@ozura/kit/http/server');
  throw new CannotListen(portInUse(taken));
}

const isInUse = async (port: number): Promise<boolean> =>
  (await Promise.all(LOOPBACKS.map((host) => isInUseOn(host, port)))).includes(true);

function isInUseOn(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    // A machine without IPv6 has no `::1`: that is another error.
    probe.once('error', (error) => resolve((error as { code?: unknown }).code === 'EADDRINUSE'));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(false)));
  });
}
