import { object, text } from './read';

/** Who the server says that this page is. `kind` "local": it does not ask. */
export interface Identity {
  user: string;
  role: string;
  kind: string;
}

export type WhoIs =
  | { kind: 'known'; identity: Identity }
  | { kind: 'refused'; text: string }
  /** No answer, or none that says anything about the credential; `retryMs` when one may ask anew. */
  | { kind: 'unclear'; text: string; retryMs: number | null };

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The server's word for what went wrong, else the status. */
export async function errorText(response: Response): Promise<string> {
  const body = object(await response.json().catch(() => null));
  return text(object(body.error).message) || `status ${response.status}`;
}

/** Requests to /api/v1/, all with the credential where there is one. */
export class Api {
  /** An API key or token; null = none. Lives in the page's memory, signin.svelte.ts keeps it. */
  credential: string | null = null;
  /** The server does not take the credential any more, or has begun to ask for one. */
  onUnauthorized: (message: string) => void = () => undefined;

  constructor(private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init)) {}

  /** As `fetch` of /api/v1/PATH; fails after `patienceMs`. */
  async request(path: string, patienceMs: number, method = 'GET'): Promise<Response> {
    const credential = this.credential;
    const response = await this.send(path, patienceMs, method, credential);
    // An answer to a credential that was changed meanwhile says nothing about the new one.
    if (response.status === 401 && credential === this.credential) {
      this.onUnauthorized(await errorText(response.clone()));
    }
    return response;
  }

  /** A ticket for one WebSocket: browsers cannot send a header there. */
  async ticket(): Promise<string> {
    const response = await this.request('ticket', 5000, 'POST');
    if (!response.ok) {
      throw new Error(await errorText(response));
    }
    const ticket = text(object(await response.json()).ticket);
    if (ticket === '') {
      throw new Error('the answer has none');
    }
    return ticket;
  }

  /** Asks the server who has this credential; the page's own stays what it is. Never throws. */
  async whoIs(credential: string | null): Promise<WhoIs> {
    try {
      const response = await this.send('me', 5000, 'GET', credential);
      if (response.ok) {
        const me = object(await response.json());
        const identity = { user: text(me.user), role: text(me.role), kind: text(me.kind) };
        return { kind: 'known', identity };
      }
      const word = await errorText(response);
      if (response.status === 401) {
        return { kind: 'refused', text: word };
      }
      const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
      return Number.isFinite(seconds) && response.status === 429
        ? { kind: 'unclear', text: `${word}; try again in ${seconds} s`, retryMs: seconds * 1000 }
        : { kind: 'unclear', text: word, retryMs: null };
    } catch (error) {
      const word = error instanceof Error ? error.message : String(error);
      return { kind: 'unclear', text: `the server does not answer: ${word}`, retryMs: null };
    }
  }

  private send(
    path: string,
    patienceMs: number,
    method: string,
    credential: string | null,
  ): Promise<Response> {
    const headers: Record<string, string> =
      credential === null ? {} : { Authorization: `Bearer ${credential}` };
    const signal = AbortSignal.timeout(patienceMs);
    return this.fetch(`/api/v1/${path}`, { method, headers, signal });
  }
}

/** The page's one. */
export const api = new Api();
