// Programs: what a merchant has told the sandbox to do (contract 14.6).
import { type Handle, sql } from '@ozura/kit/db/handle';

/** Which calls a program is for; what is left out is not looked at. */
export interface Match {
  readonly cardLastFour?: string;
  readonly orderId?: string;
  /** A decimal text, in the currency of the call. */
  readonly amount?: string;
  readonly operation?: 'sale' | 'refund' | 'void';
}

export interface NewProgram {
  readonly merchant: string;
  readonly match: Match;
  readonly steps: readonly string[];
  readonly inquiryLagSeconds?: number;
  readonly processorClass?: 1 | 2 | 3;
}

export interface Program extends NewProgram {
  readonly programNumber: number;
  readonly stepsTaken: number;
  readonly createdAtMs: number;
}

type ProgramRow = {
  program_number: number;
  merchant: string;
  match: string;
  steps: string;
  steps_taken: number;
  inquiry_lag_seconds: number | null;
  processor_class: number | null;
  created_at: number;
};

const toProgram = (row: ProgramRow): Program => ({
  programNumber: row.program_number,
  merchant: row.merchant,
  match: JSON.parse(row.match) as Match,
  steps: JSON.parse(row.steps) as string[],
  stepsTaken: row.steps_taken,
  ...(row.inquiry_lag_seconds === null ? {} : { inquiryLagSeconds: row.inquiry_lag_seconds }),
  ...(row.processor_class === null ? {} : { processorClass: row.processor_class as 1 | 2 | 3 }),
  createdAtMs: row.created_at,
});

export async function insertProgram(tx: Handle, programNumber: number, program: NewProgram): Promise<Program> {
  const now = await tx.now();
  await tx.run(sql`
    INSERT INTO programs (program_number, merchant, match, steps, steps_taken, inquiry_lag_seconds, processor_class,
      created_at)
    VALUES (${programNumber}, ${program.merchant}, ${JSON.stringify(program.match)}, ${JSON.stringify(program.steps)}, 0,
      ${program.inquiryLagSeconds ?? null}, ${program.processorClass ?? null}, ${now})`);
  return { ...program, programNumber, stepsTaken: 0, createdAtMs: now };
}

/** The newest first: that is the order in which they are asked. */
export async function programsOf(handle: Handle, merchant: string): Promise<Program[]> {
  const rows = await handle.all<ProgramRow>(sql`
    SELECT program_number, merchant, match, steps, steps_taken, inquiry_lag_seconds, processor_class, created_at
    FROM programs WHERE merchant = ${merchant} ORDER BY program_number DESC`);
  return rows.map(toProgram);
}

export const countStep = (tx: Handle, programNumber: number): Promise<number> =>
  tx.run(sql`UPDATE programs SET steps_taken = steps_taken + 1 WHERE program_number = ${programNumber}`);

export const deletePrograms = (handle: Handle, merchant: string): Promise<number> =>
  handle.run(sql`DELETE FROM programs WHERE merchant = ${merchant}`);
