// What a simulated processor has booked. Its tests compare that with what Pay believes.

export interface Booking {
  /** The client's own name for it; a void has that of the sale, or its own where the format has one. */
  readonly reference: string;
  readonly transactionId: string;
  readonly kind: 'sale' | 'refund' | 'void';
  /** Of a refund or void: the transaction it undoes. */
  readonly original?: string;
  readonly status: 'approved' | 'declined' | 'review';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly declineCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
  readonly authCode?: string;
  readonly networkReference?: string;
  readonly bin: string;
  readonly lastFour: string;
  readonly initiator: string;
  readonly bookedAtMs: number;
  readonly settled: boolean;
}

export interface Books {
  add(booking: Booking): void;
  readonly all: readonly Booking[];
  byReference(reference: string): readonly Booking[];
  byId(transactionId: string): Booking | undefined;
  isVoided(transactionId: string): boolean;
  /** Of the approved refunds of a sale. */
  refundedMinor(transactionId: string): bigint;
  /** Everything that stands is settled now. */
  settle(): void;
}

export function openBooks(): Books {
  const all: Booking[] = [];
  const undoing = (id: string, kind: Booking['kind']): Booking[] =>
    all.filter((one) => one.original === id && one.kind === kind && one.status === 'approved');
  const isVoided = (id: string): boolean => undoing(id, 'void').length > 0;
  return {
    add: (booking) => void all.push(booking),
    all,
    byReference: (reference) => all.filter((one) => one.reference === reference),
    byId: (transactionId) => all.find((one) => one.transactionId === transactionId),
    isVoided,
    refundedMinor: (id) =>
      undoing(id, 'refund').reduce((sum, one) => sum + (isVoided(one.transactionId) ? 0n : one.amountMinor), 0n),
    settle() {
      for (const [index, one] of all.entries()) all[index] = { ...one, settled: true };
    },
  };
}
