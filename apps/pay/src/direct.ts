// Calls to a processor without card data: they go out directly, once.
import { NoAnswer, type OutgoingRequest, type Send } from '@ozura/contract/client';
import type { PayContext } from './context.ts';
import { accessTo } from './processor-access.ts';
import type { Processor, ProcessorAnswer, ProcessorRequest, Translation } from './processors/port.ts';

/** More requests than any call of any processor takes; a list has pages. */
const stepsMax = 4;
const pagesMax = 500;
/** A page of a list may have hundreds of sales of several kilobytes; where there are no pages it is a whole day. */
const listMaxBytes = 8 * 1024 * 1024;

export interface Unanswered {
  readonly kind: 'unanswered';
  readonly reason: string;
  /** Set when it is proven that no byte left. */
  readonly unsent?: true;
}

type DirectCall = 'refund' | 'void' | 'inquire' | 'list' | 'check';
type Calls = Required<Pick<Processor, DirectCall>>;
type About<Call extends DirectCall> = Parameters<Calls[Call]>[0];
type Done<Call extends DirectCall> = Calls[Call] extends Translation<never, infer Result> ? Result : never;

/** How long an answer is waited for. */
export interface Patience {
  readonly timeoutMs: number;
  /** On the program's clock: until then for all answers together, where somebody waits for what comes of them. */
  readonly untilMs?: number;
}

interface Calling<Call extends DirectCall> extends Patience {
  readonly processor: Processor;
  readonly call: Call;
  readonly about: About<Call>;
}

export async function callDirectly<Call extends DirectCall>(
  context: PayContext,
  { processor, call, about, timeoutMs, untilMs = Number.POSITIVE_INFINITY }: Calling<Call>,
): Promise<Done<Call> | Unanswered> {
  const access = await accessTo(context, processor, about.account);
  if (access === undefined) return { kind: 'unanswered', reason: 'the credentials are not there', unsent: true };
  const translate = processor[call] as Translation<About<Call>, Done<Call>>;
  const answers: ProcessorAnswer[] = [];
  const size = call === 'list' ? { answerMaxBytes: listMaxBytes } : {};
  try {
    while (answers.length < (call === 'list' ? pagesMax : stepsMax)) {
      const step = translate(about, answers, access);
      if ('done' in step) return step.done;
      const leftMs = Math.min(timeoutMs, untilMs - context.now());
      if (leftMs <= 0) {
        return { kind: 'unanswered', reason: 'no time left', ...(answers.length === 0 && { unsent: true }) };
      }
      answers.push(await sendOnce(context.send, step.send, { timeoutMs: leftMs, ...size }));
    }
    return { kind: 'unanswered', reason: 'too many steps' };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const unsent = error.sent === 'no' && answers.length === 0;
    return { kind: 'unanswered', reason: error.message, ...(unsent && { unsent }) };
  }
}

/** A failure to get an answer is a `NoAnswer`. */
export async function sendOnce(
  send: Send,
  { method, url, headers, body }: ProcessorRequest,
  limits: Pick<OutgoingRequest, 'timeoutMs' | 'answerMaxBytes'>,
): Promise<ProcessorAnswer> {
  const isJson = typeof body === 'object';
  const text = isJson ? JSON.stringify(body) : body;
  const answer = await send({
    method,
    url,
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(text === undefined ? {} : { body: text }),
    ...limits,
  });
  return { status: answer.status, body: parsed(answer.text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
