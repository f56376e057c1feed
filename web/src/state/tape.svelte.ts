import type { EventBody, EventType, StreamEvent } from '../stream/protocol';
import { anything, countOf, tapeFilter, type Criteria } from './filter';
import type { FrameBatcher } from './frame';
import { Tape, type TapeRow } from './tape';

/** The tape as the page sees it: `version` rises when a frame should draw it again. */
export class TapeStore {
  private readonly tape = new Tape();
  version = $state(0);
  types = $state.raw<ReadonlySet<EventType>>(new Set());
  symbols = $state('');
  criteria = $state.raw<Criteria>(anything);
  selectedId = $state<string | null>(null);
  /** Why the tape stands still. */
  private held = $state.raw<ReadonlySet<'space' | 'hover' | 'scroll'>>(new Set());

  /** Called for each event that passes the filter as it comes, while the tape runs. */
  onShown: (event: EventBody) => void = () => undefined;

  constructor(private readonly frames: FrameBatcher) {}

  /** How many of the criteria restrict. */
  get criteriaCount(): number {
    return countOf(this.criteria);
  }

  get paused(): boolean {
    return this.held.size > 0;
  }

  get pausedByUser(): boolean {
    return this.held.has('space');
  }

  /** Visible rows; reading it follows `version`. */
  get count(): number {
    return this.version >= 0 ? this.tape.visibleCount : 0;
  }

  get heldBack(): number {
    return this.version >= 0 ? this.tape.heldCount : 0;
  }

  get total(): number {
    return this.version >= 0 ? this.tape.size : 0;
  }

  get selected(): TapeRow | null {
    const id = this.selectedId;
    const row = this.version >= 0 && id !== null ? this.tape.find(id) : undefined;
    return row === undefined ? null : { ...row };
  }

  row(index: number): TapeRow | undefined {
    return this.tape.visible(index);
  }

  indexOf(id: string): number {
    return this.tape.indexOf(id);
  }

  push(events: readonly StreamEvent[], now: number): void {
    for (const entry of events) {
      if (this.tape.push(entry, now) && now > 0 && !this.paused) {
        this.onShown(entry.event);
      }
    }
    this.redraw();
  }

  clear(): void {
    this.tape.clear();
    if (this.paused) {
      this.tape.freeze();
    }
    this.selectedId = null;
    this.redraw();
  }

  hold(reason: 'space' | 'hover' | 'scroll', on: boolean): void {
    if (this.held.has(reason) === on) {
      return;
    }
    const held = new Set(this.held);
    if (on) {
      held.add(reason);
      this.tape.freeze();
    } else {
      held.delete(reason);
      if (held.size === 0) {
        this.tape.thaw();
      }
    }
    this.held = held;
    this.version += 1;
  }

  resume(): void {
    this.held = new Set();
    this.tape.thaw();
    this.version += 1;
  }

  toggleType(type: EventType): void {
    const types = new Set(this.types);
    if (!types.delete(type)) {
      types.add(type);
    }
    this.types = types;
    this.applyFilter();
  }

  setSymbols(text: string): void {
    this.symbols = text;
    this.applyFilter();
  }

  setCriteria(criteria: Criteria): void {
    this.criteria = criteria;
    this.applyFilter();
  }

  clearFilter(): void {
    this.types = new Set();
    this.symbols = '';
    this.criteria = anything;
    this.applyFilter();
  }

  /** Moves the selection by `step` rows; the first move selects the newest. */
  moveSelection(step: number): number {
    const at = this.selectedId === null ? -1 : this.tape.indexOf(this.selectedId);
    const next = at < 0 ? 0 : Math.min(Math.max(0, at + step), this.tape.visibleCount - 1);
    this.selectedId = this.tape.visible(next)?.event.id ?? null;
    return next;
  }

  private applyFilter(): void {
    this.tape.setFilter(tapeFilter(this.types, this.symbols, this.criteria));
    this.version += 1;
  }

  private redraw(): void {
    this.frames.request(this.bump);
  }

  private readonly bump = (): void => {
    this.version += 1;
  };
}
