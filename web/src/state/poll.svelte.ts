import { untrack } from 'svelte';
import { api, ApiError } from '../stream/api';

export interface PollOptions<T> {
  /** Below /api/v1/; null = nothing to ask. Read reactively: another path begins anew. */
  path: () => string | null;
  /** A function is asked before each wait. */
  everyMs: number | (() => number);
  /** Takes the parsed answer (long integers as text) to what the page shows; may throw. */
  read: (json: unknown) => T;
  patienceMs?: number;
}

/** What a poll knows. After an error `data` stays what it was, and `error` says why it is old. */
export class Poll<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** performance.now() of the last good answer; null before any. */
  at = $state<number | null>(null);
  private path: string | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Rises with each question: answers to former ones are dropped. */
  private asked = 0;

  constructor(private readonly options: PollOptions<T>) {}

  /** Asks now, and again every `everyMs` after an answer came; never two at once. */
  async refresh(): Promise<void> {
    this.stopTimer();
    const path = this.path;
    if (path === null) {
      return;
    }
    const asked = ++this.asked;
    const { read, patienceMs = 5000 } = this.options;
    try {
      const data = read(await api.json(path, { patienceMs }));
      if (asked === this.asked) {
        this.data = data;
        this.error = null;
        this.at = performance.now();
      }
    } catch (error) {
      if (asked === this.asked) {
        this.error =
          error instanceof ApiError ? error : new ApiError(0, 'unreadable', words(error));
      }
    }
    if (asked === this.asked && !document.hidden) {
      const { everyMs } = this.options;
      const wait = typeof everyMs === 'number' ? everyMs : everyMs();
      this.timer = setTimeout(() => void this.refresh(), wait);
    }
  }

  /** Follows `path`: another one forgets what was known. Stands still while the tab is hidden. */
  follow(path: string | null): () => void {
    if (path !== this.path) {
      this.path = path;
      this.data = null;
      this.error = null;
      this.at = null;
    }
    const wake = (): void => {
      if (document.hidden) {
        this.stopTimer();
      } else {
        void this.refresh();
      }
    };
    document.addEventListener('visibilitychange', wake);
    void this.refresh();
    return () => {
      document.removeEventListener('visibilitychange', wake);
      this.asked += 1;
      this.stopTimer();
    };
  }

  private stopTimer(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Polls as long as the component lives. Call it while the component is made. */
export function usePoll<T>(options: PollOptions<T>): Poll<T> {
  const poll = new Poll(options);
  $effect(() => {
    const path = options.path();
    return untrack(() => poll.follow(path));
  });
  return poll;
}
