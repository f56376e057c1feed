import type { Position } from '../items.js';
import { readWireEvent, type WireEvent } from './event-text.js';
import { MalformedJson, skipSpace, skipValue, walkArray, walkObject } from './scan.js';

/** What the server sends (docs/reference/protocol.md), checked member by member. */
export interface SubscribedFrame {
  op: 'subscribed';
  id: string;
  position: Position;
  recovered: boolean;
  reason: string | null;
  /** The user's own filters that narrow it, by name. */
  userFilters: string[];
}
export interface SnapshotFrame {
  op: 'snapshot';
  id: string;
  epoch: string;
  offset: number;
  more: boolean;
  events: WireEvent[];
}
export interface EventsFrame {
  op: 'events';
  id: string;
  epoch: string;
  first: number;
  last: number;
  events: WireEvent[];
}
export interface GapFrame {
  op: 'gap';
  id: string;
  epoch: string;
  from: number;
  to: number | null;
  reason: string;
}
export interface HeartbeatFrame {
  op: 'heartbeat';
  epoch: string;
  offset: number;
  /** Wall time of the server, nanoseconds. */
  ts: string;
}
export interface UserFiltersFrame {
  op: 'user_filters';
  filters: string[];
}
export interface AuthenticatedFrame {
  op: 'authenticated';
  user: string;
  role: string;
  /** Wall time, nanoseconds; null: never. */
  expires: string | null;
}
export interface ErrorFrame {
  op: 'error';
  id: string | undefined;
  code: string;
  message: string;
}
export interface UnsubscribedFrame {
  op: 'unsubscribed';
  id: string;
}
/** An op that this version does not know, or has no use for. */
export interface OtherFrame {
  op: 'other';
}

export type ServerFrame =
  | SubscribedFrame
  | SnapshotFrame
  | EventsFrame
  | GapFrame
  | HeartbeatFrame
  | UserFiltersFrame
  | AuthenticatedFrame
  | ErrorFrame
  | UnsubscribedFrame
  | OtherFrame;

type Members = Map<string, string>;

function bad(op: string, name: string, what: string): never {
  throw new MalformedJson(`"${name}" of ${op} to be ${what}`, 0);
}

/** The members of one frame, by name, each checked as it is taken. */
class Reader {
  constructor(
    readonly op: string,
    private readonly members: Members,
  ) {}

  private value(name: string): unknown {
    const text = this.members.get(name);
    return text === undefined ? undefined : JSON.parse(text);
  }
  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : bad(this.op, name, 'a string');
  }
  optionalText(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'string' ? value : undefined;
  }
  offset(name: string): number {
    const value = this.value(name);
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : bad(this.op, name, 'an offset');
  }
  flag(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : bad(this.op, name, 'true or false');
  }
  digits(name: string): string {
    const text = this.members.get(name) ?? '';
    return /^\d+$/.test(text) ? text : bad(this.op, name, 'an integer');
  }
  /** Texts; what is absent or no list has none. */
  texts(name: string): string[] {
    const value = this.value(name);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  }
  isNull(name: string): boolean {
    return (this.members.get(name) ?? 'null') === 'null';
  }
  position(): Position {
    const value = this.value('position') as Partial<Position> | null | undefined;
    const { epoch, offset } = value ?? {};
    if (typeof epoch !== 'string' || !Number.isSafeInteger(offset) || (offset as number) < 0) {
      bad(this.op, 'position', 'an epoch and an offset');
    }
    return { epoch, offset: offset as number };
  }
}

/** Reads a text message of the server. Throws MalformedJson or SyntaxError. */
export function parseFrame(text: string): ServerFrame {
  const members: Members = new Map();
  const events: WireEvent[] = [];
  const end = walkObject(text, skipSpace(text, 0), (key, at) => {
    if (key === 'events') {
      return walkArray(text, at, (start) => {
        const [event, stop] = readWireEvent(text, start);
        events.push(event);
        return stop;
      });
    }
    const stop = skipValue(text, at);
    members.set(key, text.slice(at, stop));
    return stop;
  });
  if (skipSpace(text, end) !== text.length) {
    throw new MalformedJson('the end of the frame', end);
  }
  return build(new Reader(String(JSON.parse(members.get('op') ?? '""')), members), events);
}

function build(read: Reader, events: WireEvent[]): ServerFrame {
  switch (read.op) {
    case 'subscribed':
      return {
        op: read.op,
        id: read.text('id'),
        position: read.position(),
        recovered: read.flag('recovered'),
        reason: read.optionalText('reason') ?? null,
        userFilters: read.texts('user_filters'),
      };
    case 'user_filters':
      return { op: read.op, filters: read.texts('filters') };
    case 'snapshot':
      return {
        op: read.op,
        id: read.text('id'),
        epoch: read.text('epoch'),
        offset: read.offset('offset'),
        more: read.flag('more'),
        events,
      };
    case 'events':
      return {
        op: read.op,
        id: read.text('id'),
        epoch: read.text('epoch'),
        first: read.offset('first'),
        last: read.offset('last'),
        events,
      };
    case 'gap':
      return {
        op: read.op,
        id: read.text('id'),
        epoch: read.text('epoch'),
        from: read.offset('from'),
        to: read.isNull('to') ? null : read.offset('to'),
        reason: read.text('reason'),
      };
    case 'heartbeat':
      return {
        op: read.op,
        epoch: read.text('epoch'),
        offset: read.offset('offset'),
        ts: read.digits('ts'),
      };
    case 'authenticated':
      return {
        op: read.op,
        user: read.optionalText('user') ?? '',
        role: read.optionalText('role') ?? '',
        expires: read.isNull('expires') ? null : read.digits('expires'),
      };
    case 'unsubscribed':
      return { op: read.op, id: read.text('id') };
    case 'error':
      return {
        op: read.op,
        id: read.optionalText('id'),
        code: read.text('code'),
        message: read.optionalText('message') ?? '',
      };
    default:
      return { op: 'other' };
  }
}
