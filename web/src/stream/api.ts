import { parseExact } from './json';
import { object, text, type Json } from './read';

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

/** A request that was refused, or had no answer. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 = no answer. */
    readonly status: number,
    /** The protocol's error code; `http`, `no_answer` or `unreadable` where there is none. */
    readonly code: string,
    message: string,
    /** The whole answer; {} where there is none. */
    readonly body: Json = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export interface RequestOptions {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  patienceMs?: number;
}

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
  async request(
    path: string,
    patienceMs: number,
    method = 'GET',
    body?: unknown,
  ): Promise<Response> {
    const credential = this.credential;
    const response = await this.send(path, patienceMs, method, credential, body);
    await this.hearRefusal(response, credential);
    return response;
  }

  /** As the browser's `fetch`, with the credential: for the client library. */
  readonly fetchAs: typeof fetch = async (input, init) => {
    const credential = this.credential;
    const headers = new Headers(init?.headers);
    if (credential !== null) {
      headers.set('Authorization', `Bearer ${credential}`);
    }
    const response = await this.fetch(String(input), { ...init, headers });
    await this.hearRefusal(response, credential);
    return response;
  };

  /**
   * The answer of /api/v1/PATH as JSON, integers beyond 2^53 as text; null where it has no body.
   * Throws ApiError: refused, not understood, or not answered within the patience (10 s).
   */
  async json(path: string, options: RequestOptions = {}): Promise<unknown> {
    const { method = 'GET', body, patienceMs = 10_000 } = options;
    let response: Response;
    let text: string;
    try {
      response = await this.request(path, patienceMs, method, body);
      text = await response.text();
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError';
      const what = late ? `no answer within ${patienceMs / 1000} s` : 'the server does not answer';
      throw new ApiError(0, 'no_answer', what);
    }
    return parseAnswer(response, text);
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

  private async hearRefusal(response: Response, credential: string | null): Promise<void> {
    // An answer to a credential that was changed meanwhile says nothing about the new one.
    if (response.status !== 401 || credential !== this.credential) {
      return;
    }
    const word = await errorText(response.clone());
    // Of several at once the first one tells why.
    if (credential === this.credential) {
      this.onUnauthorized(word);
    }
  }

  private send(
    path: string,
    patienceMs: number,
    method: string,
    credential: string | null,
    body?: unknown,
  ): Promise<Response> {
    const headers: Record<string, string> =
      credential === null ? {} : { Authorization: `Bearer ${credential}` };
    const signal = AbortSignal.timeout(patienceMs);
    if (body === undefined) {
      return this.fetch(`/api/v1/${path}`, { method, headers, signal });
    }
    headers['Content-Type'] = 'application/json';
    const text = JSON.stringify(body);
    return this.fetch(`/api/v1/${path}`, { method, headers, signal, body: text });
  }
}

function parseAnswer(response: Response, answer: string): unknown {
  let json: unknown = null;
  try {
    json = answer === '' ? null : parseExact(answer);
  } catch {
    if (response.ok) {
      throw new ApiError(response.status, 'unreadable', 'the answer is no JSON');
    }
  }
  if (!response.ok) {
    const error = object(object(json).error);
    const message = text(error.message) || `status ${response.status}`;
    throw new ApiError(response.status, text(error.code) || 'http', message, object(json));
  }
  return json;
}

/** The page's one. */
export const api = new Api();
