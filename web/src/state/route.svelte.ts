import { hrefOf, parseHash, type Route } from './route';

/** The address of the page, followed. One instance; `start` once, when the page begins. */
class Router {
  current = $state.raw<Route>(parseHash(globalThis.location?.hash ?? ''));
  private mayLeave: (next: Route) => boolean = () => true;

  start(): () => void {
    const follow = (): void => {
      const next = parseHash(location.hash);
      if (this.mayLeave(next)) {
        this.current = next;
      } else {
        history.replaceState(null, '', hrefOf(this.current.page, ...this.current.args));
      }
    };
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }

  /** Asks `mayLeave` before another address is followed; until the function it gives is called. */
  guard(mayLeave: (next: Route) => boolean): () => void {
    this.mayLeave = mayLeave;
    return () => {
      if (this.mayLeave === mayLeave) {
        this.mayLeave = () => true;
      }
    };
  }

  /** Goes to a page; Back returns. */
  go(page: string, ...args: readonly string[]): void {
    location.hash = hrefOf(page, ...args);
  }

  /** As `go`, without a step for Back. */
  replace(page: string, ...args: readonly string[]): void {
    history.replaceState(null, '', hrefOf(page, ...args));
    this.current = parseHash(location.hash);
  }
}

export const router = new Router();
