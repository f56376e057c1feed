import { hrefOf, type Route } from './route';
import { router } from './route.svelte';

/**
 * Guards what a person has typed and not saved: leaving the page, another item or closing the tab
 * asks first. One a page; `start` while it is shown.
 */
export class Unsaved {
  dirty = $state(false);
  /** What waits for a person's word; null = nothing. */
  question = $state.raw<(() => void) | null>(null);

  start(): () => void {
    const closing = (event: BeforeUnloadEvent): void => {
      if (this.dirty) {
        event.preventDefault();
      }
    };
    addEventListener('beforeunload', closing);
    const unguard = router.guard((next) => this.mayLeave(next));
    return () => {
      removeEventListener('beforeunload', closing);
      unguard();
    };
  }

  /** Does it at once, or when a person has given up what is not saved. */
  ask(go: () => void): void {
    if (this.dirty) {
      this.question = go;
    } else {
      go();
    }
  }

  /** The person's word: the changes may go. */
  discard(): void {
    const go = this.question;
    this.question = null;
    this.dirty = false;
    go?.();
  }

  private mayLeave(next: Route): boolean {
    if (!this.dirty) {
      return true;
    }
    this.question = () => (location.hash = hrefOf(next.page, ...next.args));
    return false;
  }
}
