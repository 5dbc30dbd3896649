// What is made of a key when it is first asked for, and kept. For keys of which there are few: nothing is ever let go.

/* @__NO_SIDE_EFFECTS__ */
export function onceEach<Key, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const made = new Map<Key, { readonly value: Made }>();
  return (key) => {
    let known = made.get(key);
    if (known === undefined) {
      known = { value: make(key) };
      made.set(key, known);
    }
    return known.value;
  };
}
