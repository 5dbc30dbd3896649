// An effect for what is costly to begin: a frame that loads, a session key that is asked for.
import { useEffect } from 'react';

/**
 * Strict mode runs an effect, its end and the effect again in one go. What begins here begins behind that, and once.
 * `begin` answers with what ends it.
 */
export function useSettledEffect(begin: () => () => void, dependencies: readonly unknown[]): void {
  useEffect(() => {
    let isOver = false;
    let end: (() => void) | undefined;
    queueMicrotask(() => {
      if (!isOver) end = begin();
    });
    return () => {
      isOver = true;
      end?.();
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: they are the caller's
  }, dependencies);
}
