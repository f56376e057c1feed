import type { Credentials } from './auth.js';
import { HttpError } from './errors.js';
import type { EventType } from './events.js';
import type { EventItem, Position } from './items.js';
import type { ClientOptions, Filter, Selection } from './options.js';
import { readWireEvent, toItem } from './wire/event-text.js';
import { parseExact, skipSpace, skipValue, walkArray, walkObject } from './wire/scan.js';

export interface EventsQuery extends Selection {
  /** Events behind this position; without it the newest. */
  since?: Position;
  /** Events up to this position. */
  until?: Position;
  /** 1–1,000, default 100. */
  limit?: number;
}

/** A page of events from the server's memory, by offset. */
export interface EventsPage {
  epoch: string;
  /** Give it as `since` for what follows. */
  next: Position;
  /** Whether everything behind `since` is here or follows. */
  recovered: boolean;
  /** What is missing, if not. */
  gap: { reason: string; from: number | null; to: number | null } | null;
  events: EventItem[];
}

export interface SymbolPage {
  symbol: string;
  epoch: string;
  offset: number;
  /** The latest event of each type. */
  latest: Partial<Record<EventType, EventItem>>;
}

/** JSON as the server sent it; integers that a double cannot hold are strings of their digits. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Ticket {
  ticket: string;
  /** Seconds. */
  expires_in: number;
}

/** A filter that the server keeps for a user: it narrows what all his connections get. */
export interface StoredFilter {
  filter: Filter & { symbols?: string[]; universes?: string[]; types?: EventType[] };
  enabled?: boolean;
}

/** A user's stored values of one kind, by name. */
export interface Collection<T> {
  list(): Promise<Json>;
  get(name: string): Promise<Json>;
  put(name: string, value: T): Promise<Json>;
  delete(name: string): Promise<void>;
}

export interface UserSettings {
  filters: Collection<StoredFilter>;
  universes: Collection<{ symbols: string[] }>;
}

/** Requests by HTTP. Each throws HttpError when it is refused. */
export class Rest {
  constructor(
    private readonly base: string,
    private readonly options: ClientOptions,
    private readonly credentials: Credentials,
  ) {}

  /** One page; for all that follows a position, ask again with `since: page.next`. */
  async events(query: EventsQuery = {}): Promise<EventsPage> {
    const text = await this.get(`events?${parametersOf(query)}`);
    let epoch = '';
    let last = 0;
    let recovered = false;
    let gap: EventsPage['gap'] = null;
    const items: ((epoch: string) => EventItem)[] = [];
    walkObject(text, skipSpace(text, 0), (key, at) => {
      if (key === 'events') {
        return walkArray(text, at, (start) => {
          const [wire, stop] = readWireEvent(text, start);
          items.push((of) => toItem(wire, of));
          return stop;
        });
      }
      const stop = skipValue(text, at);
      const value = JSON.parse(text.slice(at, stop)) as never;
      if (key === 'epoch') epoch = value;
      else if (key === 'last') last = value;
      else if (key === 'recovered') recovered = value;
      else if (key === 'gap') gap = value;
      return stop;
    });
    const events = items.map((make) => make(epoch));
    return { epoch, next: { epoch, offset: last }, recovered, gap, events };
  }

  /** A symbol's latest event of each type. */
  async symbol(symbol: string): Promise<SymbolPage> {
    const text = await this.get(`symbols/${encodeURIComponent(symbol)}`);
    const page = { symbol, epoch: '', offset: 0 };
    const latest: [EventType, (epoch: string) => EventItem][] = [];
    walkObject(text, skipSpace(text, 0), (key, at) => {
      if (key === 'latest') {
        return walkObject(text, at, (type, start) => {
          const [wire, stop] = readWireEvent(text, start);
          latest.push([type as EventType, (epoch) => toItem(wire, epoch)]);
          return stop;
        });
      }
      const stop = skipValue(text, at);
      if (key === 'epoch' || key === 'offset') {
        Object.assign(page, { [key]: JSON.parse(text.slice(at, stop)) as unknown });
      }
      return stop;
    });
    return {
      ...page,
      latest: Object.fromEntries(latest.map(([type, make]) => [type, make(page.epoch)])),
    };
  }

  /** The server's state; members as in docs/reference/protocol.md. */
  async status(): Promise<{ [name: string]: Json }> {
    return parseExact(await this.get('status')) as { [name: string]: Json };
  }

  /** A single-use ticket for a page: it goes into the page's option `ticket`. */
  async ticket(): Promise<Ticket> {
    return JSON.parse(await this.request('POST', 'ticket')) as Ticket;
  }

  /** `me` is who the token belongs to. */
  user(id = 'me'): UserSettings {
    const path = `users/${encodeURIComponent(id)}`;
    return {
      filters: this.collection(`${path}/filters`),
      universes: this.collection(`${path}/universes`),
    };
  }

  private collection<T>(path: string): Collection<T> {
    const of = (name: string) => `${path}/${encodeURIComponent(name)}`;
    const json = async (text: Promise<string>) => parseExact((await text) || 'null') as Json;
    return {
      list: () => json(this.get(path)),
      get: (name) => json(this.get(of(name))),
      put: (name, value) => json(this.request('PUT', of(name), value)),
      delete: async (name) => {
        await this.request('DELETE', of(name));
      },
    };
  }

  private get(path: string): Promise<string> {
    return this.request('GET', path);
  }

  private async request(method: string, path: string, body?: unknown): Promise<string> {
    const headers: Record<string, string> = {};
    const bearer = await this.credentials.bearer();
    if (bearer !== undefined) {
      headers['Authorization'] = `Bearer ${bearer}`;
    }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    const answer = await (this.options.fetch ?? fetch)(`${this.base}/api/v1/${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(this.options.requestTimeoutMs ?? 10_000),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw errorOf(answer.status, text);
    }
    return text;
  }
}

function parametersOf(query: EventsQuery): string {
  const { symbols, universes, types, filter, since, until, limit } = query;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ symbols, universes, types, ...filter, limit })) {
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      parameters.set(name, String(value)); // lists with commas
    }
  }
  for (const [name, position] of Object.entries({ since, until })) {
    if (position) {
      parameters.set(name, `${position.epoch}:${position.offset}`);
    }
  }
  return parameters.toString();
}

function errorOf(status: number, text: string): HttpError {
  try {
    const { code, message } = (JSON.parse(text) as { error: { code: string; message: string } })
      .error;
    return new HttpError(status, code, message);
  } catch {
    return new HttpError(status, 'http', `HTTP status ${status}`);
  }
}
