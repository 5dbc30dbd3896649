// The same question, asked again in the same turn of the event loop, has the same answer: requests that came together
// and show the same key share one look into the database, and the next turn looks again.

export function onceATurn<Answer>(ask: (about: string) => Promise<Answer>): (about: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  const forget = (): void => answers.clear();
  return (about) => {
    const known = answers.get(about);
    if (known !== undefined) return known;
    if (answers.size === 0) setImmediate(forget);
    const answer = ask(about);
    answers.set(about, answer);
    return answer;
  };
}
