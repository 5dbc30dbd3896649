// The faults of one machine that the system is put through: what is done, and what is expected of it. docs/faults.md
// shows this list (`npm run faults`), and the tests beside it carry it out.

/** What a machine must have for it. */
export type Need = 'compiler' | 'root' | 'prlimit' | 'cgroup';

export interface Fault {
  readonly done: string;
  readonly expected: string;
  readonly needs?: readonly Need[];
  /** Only in `npm run test:faults`. */
  readonly isLong?: true;
  /** What was wrong when it was first tried, and is not any more. */
  readonly found?: string;
}

const disk = {
  'full disk': {
    done: 'every write to the databases fails with `ENOSPC`, during creates and a payment',
    expected:
      'what cannot be stored is answered 503 `OVERLOADED` with `Retry-After`, a payment 500 (the same attempt may be repeated); `/ready` says "the disk is full"; reading goes on. Nothing is charged, and everything works again by itself when there is room',
    needs: ['compiler'],
    found: 'creates were answered 500 without `Retry-After`, and `/ready` said that all was well',
  },
  'full disk between charge and record': {
    done: 'the disk of Pay is full when the approval of a processor arrives',
    expected:
      'the page hears "pending", never a failure; when there is room again Pay asks the processor by its reference, and the session completes',
    needs: ['compiler'],
    found:
      'the caller of `cardSale` got a bare 500 without `attemptId`; it is 504 `PAYMENT_UNKNOWN` now, and 503 where the disk was full before anything was sent',
  },
  'full disk of the Vault': {
    done: 'every write to the database of the Vault fails with `ENOSPC`, from the moment that a card is typed',
    expected:
      'without its record in the audit log no card data is used: nothing is sent, that is proven, and the session fails without a charge. The next ones work when there is room',
    needs: ['compiler'],
  },
  'full file system': {
    done: 'a file system of 48 MB (tmpfs) is filled to the last byte during creates and five payments, and emptied again',
    expected: 'as on a full disk',
    needs: ['root'],
    isLong: true,
  },
  'file size limit': {
    done: 'writes fail with `EFBIG` (`RLIMIT_FSIZE`, as for a quota), set and taken back on the running program',
    expected: 'as on a full disk',
    needs: ['prlimit'],
  },
  'read-only file': {
    done: 'every write to the database of Checkout fails with `EROFS`, as when the kernel remounts a file system',
    expected: 'as on a full disk; `/ready` says "the disk fails"',
    needs: ['compiler'],
  },
  'full disk of the logs': {
    done: 'every write to the log files fails with `ENOSPC`',
    expected:
      'payments go on. Lines wait in memory, 4 MB a log; what would be more is dropped, and the log says how much',
    needs: ['compiler'],
    found: 'the first failed write ended the program, which then hung for ever in writing its last lines',
  },
  'hanging disk of the logs': {
    done: 'every write to the log files takes three seconds, in full eight, during three payments',
    expected: 'payments go on: those who write to a log and those who wait for a commit do not wait for one another',
    needs: ['compiler'],
    found: 'each payment took as long as a write to the log, for both share a pool of four threads',
  },
  'slow disk': {
    done: 'each fsync takes 200 ms, in full 400, during fifty creates at once and a payment',
    expected:
      'all are answered after the disk has them, together instead of one after the other; whoever only reads does not wait',
    needs: ['compiler'],
    isLong: true,
  },
  'hanging disk': {
    done: 'one fsync of Checkout takes eight seconds',
    expected: '`/ready` says "the disk hangs" after five; the request is answered when the disk has it',
    needs: ['compiler'],
    isLong: true,
    found: '`/ready` said that all was well',
  },
  'failed fsync': {
    done: 'fsync of the log of writes fails with `EIO`',
    expected:
      'nobody is answered, and the program ends: what the disk has is not known any more. Its next start reads the file anew, and first of all writes what it found to the disk',
    needs: ['compiler'],
    found: 'the program went on with a file of which nobody knew what it held',
  },
  'failed fsync between charge and record': {
    done: 'fsync of the ledger fails when the approval of a processor arrives',
    expected: 'as above; after the start Pay asks the processor, and the session completes',
    needs: ['compiler'],
    isLong: true,
  },
  'failed fsync of the keys': {
    done: 'fsync of the folder of the keys fails with `EIO` at the first start of an installation',
    expected:
      'it does not start, and says why in a line: nothing is sealed with a key that a power cut could take. It starts when the disk works again',
    needs: ['compiler'],
    found: 'only the files were made sure of, not their names in the folder',
  },
} as const satisfies Record<string, Fault>;

const log = {
  'torn log of writes': {
    done: 'the write-ahead log of SQLite ends at any frame or byte, as after a power cut',
    expected:
      'the database opens, and every commit that was answered within what is left is there: whole, and none after a missing one. What a disk loses that it had promised is told by the daily comparison with the processor (alarm `the books differ`)',
  },
  'altered log of writes': {
    done: 'a bit of that log is another one',
    expected: 'its checksums notice: everything before that bit is there, and nothing after it is believed',
  },
} as const satisfies Record<string, Fault>;

const connections = {
  'slow headers': {
    done: 'a hundred connections to all origins, in full a thousand, send a header byte by byte for ever (slowloris)',
    expected: 'payments go on; each of them is answered 408 and closed after 20 to 25 s',
    found: 'they were held for 60 to 90 s',
  },
  'idle connections': {
    done: '500 connections, in full 10,000, are opened and say nothing',
    expected: 'payments go on, a connection takes less than 20 KB, and all of them are closed after 20 to 25 s',
    found: 'they were held for 60 to 90 s',
  },
  'half a request': {
    done: 'a payment arrives without its last bytes, and the client closes or resets the connection',
    expected: 'nothing is done and nothing charged; the same attempt, sent whole, is paid',
  },
  'client gone before the answer': {
    done: 'the client of a payment closes or resets the connection while the processor works',
    expected: 'the payment is carried out and recorded once, and whoever repeats the attempt hears of it',
  },
  'oversize requests': {
    done: 'headers of 20 KB, a body announced as 1 GB, and one without an end, on all origins',
    expected:
      '431; 413 before the first byte of the body; 401 before a body without an end is read. No memory is taken for them',
  },
  'client that asks and does not read': {
    done: '2,000 requests for a page, in full 20,000, come over one connection that reads no answer; then thirty over each of twenty',
    expected:
      'a connection with more than 32 requests that wait is closed; all of them together take little memory, and payments go on',
    found: 'each read from such a connection made a thousand pages wait in memory, a hundred megabytes',
  },
  'pipelined requests': {
    done: 'thirty requests in one packet',
    expected: 'thirty answers in their order',
  },
  'no file descriptors left': {
    done: 'the limit of open files is reached by a crowd of connections during a payment',
    expected:
      'the payment is told as made only when it is, and never made twice; the next one is made when the crowd is gone',
    needs: ['prlimit'],
  },
} as const satisfies Record<string, Fault>;

const clock = {
  'clock jumps forward': {
    done: 'the clock of the machine jumps two days ahead while the processor works on a payment',
    expected:
      'that payment is recorded as what it is; open sessions and keys are over, and new ones work. Plans that fall due by the wrong clock are charged: keep the clock of the database under NTP',
  },
  'clock is set back': {
    done: 'the clock goes back two days, while one payment is under way and the outcome of another is not known',
    expected:
      'the payment is recorded; what was planned by the wrong clock (leases, the next question about a payment) is done now. What has ended stays so; sessions and keys made under the wrong clock live as much longer, security codes never do',
    found: 'the processor would have been asked after two days, and the session waited as long',
  },
} as const satisfies Record<string, Fault>;

const database = {
  'database connections are cut': {
    done: 'PostgreSQL ends every connection of the programs (`pg_terminate_backend`) while the processor works on a payment',
    expected: 'connections are replaced; the payment completes, at once or by the next question to the processor',
  },
  'database restarts': {
    done: 'PostgreSQL is stopped, `-m fast` and then `-m immediate`, in the middle of six payments, and is away for three seconds',
    expected:
      'meanwhile 503 `OVERLOADED` with `Retry-After`, and `/ready` says so; then everything works again without a restart, and each payment ends as the processor booked it',
    isLong: true,
    found: 'meanwhile creates were answered 500',
  },
  'failed fsync of PostgreSQL': {
    done: 'fsync of the write-ahead log of PostgreSQL fails once with `EIO`, when the approval of a processor arrives and during creates',
    expected:
      'PostgreSQL panics and starts again from what is on its disk, by itself (`fsync` on and `data_sync_retry` off, as they are by default). Nobody is told "done" by a commit that failed: 503 `OVERLOADED`, and the payment is "pending", or 500 after which the same attempt may be repeated, until Pay has asked the processor',
    needs: ['compiler'],
    isLong: true,
  },
  'full disk of PostgreSQL': {
    done: 'the tables of PostgreSQL cannot grow (`ENOSPC`), during creates and six payments',
    expected:
      'what cannot be stored is answered 503 `OVERLOADED` with `Retry-After`; what still fits is stored, so that `/ready` may say that all is well. Everything works again by itself when there is room; a click of which it is proven that nothing was sent stays unpaid, and the next one pays',
    needs: ['compiler'],
    isLong: true,
  },
  'full log of PostgreSQL': {
    done: 'its write-ahead log cannot be written (`ENOSPC`) when the approval of a processor arrives: PostgreSQL panics, and tries in vain to start again',
    expected:
      '503 `OVERLOADED` with `Retry-After` as long, and `/ready` says so; when there is room PostgreSQL starts by itself, and everything works without a restart of ours',
    needs: ['compiler'],
    isLong: true,
  },
  'slow disk of PostgreSQL': {
    done: 'each fsync of its write-ahead log takes 300 ms, during fifty creates at once and a payment',
    expected: 'as on a slow disk: all are answered, together, and whoever only reads does not wait',
    needs: ['compiler'],
    isLong: true,
  },
  'hanging disk of PostgreSQL': {
    done: 'one fsync of its write-ahead log takes twelve seconds, in the middle of twelve payments',
    expected:
      'a commit is waited for seven seconds: then creates are answered 503 `OVERLOADED`, payments "pending", or 500 after which the same attempt may be repeated, and `/ready` says so. Whether such a commit came to be is read, never guessed',
    needs: ['compiler'],
    isLong: true,
  },
} as const satisfies Record<string, Fault>;

const processor = {
  'processor never answers': {
    done: 'the processor books two payments and does not answer',
    expected:
      'other payments go on; the page hears "pending" after ten seconds, Pay gives up after 26 and asks by its reference: both complete',
    isLong: true,
  },
  'processor breaks off': {
    done: 'the processor books, and cuts the connection before or in the middle of its answer, answers rubbish, or 500',
    expected:
      'the outcome counts as unknown, never as a decline; the next question to the processor completes the session',
  },
  'processor answers byte by byte': {
    done: 'an answer comes a byte at a time, another one never ends',
    expected: 'the first ends at the time-out, the second at 1 MB; both outcomes count as unknown',
  },
  'name of the processor does not resolve': {
    done: 'the host of a processor is not found (`.invalid`), alone and before another one',
    expected:
      'it is proven that nothing was sent: alone the session fails without a charge, else the next processor is charged, once',
  },
  'name server hangs': {
    done: 'the resolver never answers',
    expected: 'after two seconds the call counts as not sent',
  },
  'webhook receiver never answers': {
    done: 'one of two endpoints of a merchant takes webhooks and does not answer',
    expected: 'payments and the other endpoint do not wait for it',
  },
} as const satisfies Record<string, Fault>;

const memory = {
  'out of memory': {
    done: 'the system gives the programs no more memory (`RLIMIT_AS`) in the middle of payments, until they die',
    expected: 'after the start every payment ends as the processor booked it',
    needs: ['prlimit'],
    isLong: true,
  },
  'Pay is killed for its memory': {
    done: 'a crowd of clients makes Pay hold more than its control group allows, and the kernel kills it (`oom_kill`) in the middle of six payments',
    expected:
      'the page hears "pending", never a failure; when Pay is back it asks the processor, and every payment ends as it was booked',
    needs: ['cgroup'],
    isLong: true,
  },
  'the Vault is killed for its memory': {
    done: 'the same of the Vault, while six cards are on their way to the processor',
    expected: 'as above: the outcomes count as unknown, never as declines',
    needs: ['cgroup'],
    isLong: true,
  },
} as const satisfies Record<string, Fault>;

const output = {
  'nobody reads the log': {
    done: "the reader of a program's standard output stops, reads on later, and then goes away; that of another has stopped when the program is to end",
    expected:
      'the program answers as before. Lines wait in memory, up to 4 MB, and come when somebody reads; after that they are dropped and counted',
    found: 'lines that nobody read took memory without a bound',
  },
} as const satisfies Record<string, Fault>;

/** By the name of the test file. */
export const ROOMS = {
  disk: { title: 'The disk', faults: disk },
  'torn-log': { title: 'The log of writes', faults: log },
  connections: { title: 'Clients and connections', faults: connections },
  clock: { title: 'The clock', faults: clock },
  database: { title: 'PostgreSQL', faults: database },
  processor: { title: 'Processors and receivers', faults: processor },
  memory: { title: 'Memory', faults: memory },
  output: { title: 'Standard output', faults: output },
};

export const FAULTS = { ...disk, ...log, ...connections, ...clock, ...database, ...processor, ...memory, ...output };

export type FaultName = keyof typeof FAULTS;
