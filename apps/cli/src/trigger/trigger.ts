// `ozura trigger`: makes an event happen for real, by doing at the sandbox what leads to it.
import { openContext } from '@ozura/kit/context';
import { openOutbound } from '@ozura/kit/fetch';
import { openLog } from '@ozura/kit/log';
import { CannotStart } from '../cannot-start.ts';
import { type Development, inDevelopment } from '../development.ts';
import { eventsAfter } from '../events.ts';
import { asksForHelp, readWords } from '../words.ts';
import { APPROVED, type Customer, DECLINED, openCustomer } from './customer.ts';

type Act = (customer: Customer, dev: Development['dev']) => Promise<unknown>;

const paySession: Act = async (customer) => customer.pay(await customer.beginSession(), APPROVED);

const makeLink = async (customer: Customer, dev: Development['dev'], more = {}): Promise<string> => {
  const { merchantId, checkoutUrl, storeUrl } = dev;
  const urls = { successUrl: storeUrl, cancelUrl: storeUrl, errorUrl: storeUrl };
  const fields = { merchantId, merchantName: 'Blue Kettle', amount: '18.40', ...urls, ...more };
  const { paymentLinkId } = await customer.ask(`${checkoutUrl}/api/payment-links/create`, fields);
  return String(paymentLinkId);
};

/** Enough of them end a session. */
const failOften: Act = async (customer) => {
  const sessionId = await customer.beginSession();
  for (let tries = 0; tries < triesMax; tries += 1) {
    if ((await customer.pay(sessionId, DECLINED)) !== declinedStatus) return;
  }
};
const triesMax = 20;
const declinedStatus = 402;

/** What leads to each. */
const ACTS: Readonly<Record<string, Act>> = {
  'session.completed': paySession,
  'payment.approved': paySession,
  'payment.declined': async (customer) => customer.pay(await customer.beginSession(), DECLINED),
  'session.cancelled': async (customer) => customer.cancel(await customer.beginSession()),
  'session.failed': failOften,
  'payment_link.created': makeLink,
  'payment_link.deactivated': async (customer, dev) =>
    customer.ask(`${dev.checkoutUrl}/api/payment-links/${await makeLink(customer, dev)}/deactivate`, {}),
};

const usage = `Usage:
  ozura trigger TYPE   makes it happen at the sandbox, and tells which event came of it

Types: ${Object.keys(ACTS).join(', ')}`;

const pauseMs = 100;
const waitMaxMs = 15_000;

export async function trigger(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return console.log(usage);
  const [type = ''] = readWords(args, { positions: ['TYPE'], options: [] }, usage).positions;
  const act = Object.hasOwn(ACTS, type) ? ACTS[type] : undefined;
  if (act === undefined) throw new CannotStart(`there is no trigger "${type}"\n\n${usage}`);
  await inDevelopment(async (development) => {
    const outbound = openOutbound();
    const { random, now } = openContext(openLog({ program: 'ozura', level: 'silent' }));
    const { last } = await newest(development, type);
    await act(openCustomer(development.dev, outbound.send, random), development.dev);
    for (const untilMs = now() + waitMaxMs; ; ) {
      const found = await newest(development, type, last);
      if (found.id !== undefined) return console.log(`${type}  ${found.id}`);
      if (now() > untilMs) throw new CannotStart(`nothing came of it: there is no new ${type}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
}

async function newest(development: Development, types: string, after = 0) {
  let [id, last]: [string | undefined, number] = [undefined, after];
  for await (const event of eventsAfter(development, { types, after: String(after) })) {
    [id, last] = [event.id, event.sequence];
  }
  return { id, last };
}
