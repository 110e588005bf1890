// sdk/safely.ts: the one place where the tag swallows errors (S1).

/**
 * Wraps what the page or the browser calls, and what the browser may refuse, so that nothing is ever thrown into the
 * page (S1). @returns what `act` returns; undefined where it throws.
 */
export const safely =
  <Given extends readonly unknown[], Made>(act: (...given: Given) => Made) =>
  (...given: Given): Made | void => {
    try {
      return act(...given);
    } catch {
      // A lost event is our loss; an exception in somebody's shop is theirs.
    }
  };
