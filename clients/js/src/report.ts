/**
 * An exception of a handler or listener: the program's to see, as one of an event listener would
 * be, and no reason to stop the stream.
 */
export function reportException(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  if (reportError) {
    reportError(error);
  } else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
