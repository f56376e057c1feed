/** Keys: the `g …` sequences of the shell, and those that the page at hand takes itself. */

/** True = taken: nobody else gets it, and the browser's own action is prevented. */
export type KeyHandler = (event: KeyboardEvent) => boolean;

let pageHandler: KeyHandler | null = null;

/**
 * Gives the keys that no field, link or dialog wants to the page at hand, `Escape` included. Call it
 * in an `$effect` and return what it returns.
 */
export function onPageKey(handler: KeyHandler): () => void {
  pageHandler = handler;
  return () => {
    if (pageHandler === handler) {
      pageHandler = null;
    }
  };
}

export const pageTakesKey: KeyHandler = (event) => pageHandler?.(event) ?? false;

/** `g` and then another key within `patienceMs`: gives the second one. */
export class GoKeys {
  private startedAt = -Infinity;

  constructor(private readonly patienceMs = 1500) {}

  /** `taken`: part of a sequence; `target`: the key that ended one, else null. */
  press(key: string, now: number): { taken: boolean; target: string | null } {
    if (now - this.startedAt <= this.patienceMs) {
      this.startedAt = -Infinity;
      return { taken: true, target: key };
    }
    if (key === 'g') {
      this.startedAt = now;
      return { taken: true, target: null };
    }
    return { taken: false, target: null };
  }
}

/**
 * Moves the focus by `step` among the rows of a list: whatever can have the focus in `root` and has
 * the attribute `data-row`. False when there is none.
 */
export function walkRows(root: ParentNode, step: number): boolean {
  const rows = [...root.querySelectorAll<HTMLElement>('[data-row]')].filter(
    (row) => row.offsetParent !== null,
  );
  if (rows.length === 0) {
    return false;
  }
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(Math.max(0, at + step), rows.length - 1);
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: 'nearest' });
  return true;
}
