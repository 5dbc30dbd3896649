// What the sandbox has booked, as it tells by the day (UTC).
const dayMs = 86_400_000;

/** On the days since then, today included: a test may run at midnight. */
export async function bookedSince<Booking>(sandboxUrl: string, sinceMs: number): Promise<Booking[]> {
  const days = Array.from({ length: Math.floor(Date.now() / dayMs) - Math.floor(sinceMs / dayMs) + 1 }, (_none, i) =>
    new Date(sinceMs + i * dayMs).toISOString().slice(0, 10),
  );
  const books = await Promise.all(days.map(async (date) => fetch(`${sandboxUrl}/transactions?date=${date}`)));
  const told = await Promise.all(books.map(async (answer) => (await answer.json()) as { transactions: Booking[] }));
  return told.flatMap(({ transactions }) => transactions);
}
