import { sendCommand, type CommandResult } from '../stream/command';
import { Poll } from './poll.svelte';
import { readRollout, type RolloutPage } from './rollout';

const installedMs = 5000;
const absentMs = 60_000;

/** The shell's own: for the banner of an incident on every page. Rare where there is no rollout. */
export const rolloutWatch: Poll<RolloutPage> = new Poll({
  path: () => 'rollout',
  everyMs: () => (rolloutWatch.data?.installed === false ? absentMs : installedMs),
  read: readRollout,
});

/** What a person is about to do: it is asked for a reason first. */
export interface Wish {
  title: string;
  text: string;
  /** The button's word. */
  yes: string;
  /** Below /api/v1/. */
  path: string;
  body?: Record<string, unknown>;
  danger?: boolean;
  /** Asks for a percentage as well, this one at first; may be left empty. */
  percentage?: number;
  /** A box that may be ticked, sent under this name. */
  box?: { name: string; text: string };
}

/** The question at hand and what came of the last one; one a page. */
export class Wishes {
  asked = $state.raw<Wish | null>(null);
  told = $state.raw<CommandResult | null>(null);

  constructor(private readonly onDone: () => void) {}

  ask = (wish: Wish): void => {
    this.told = null;
    this.asked = wish;
  };

  /** A refusal leaves the question open, so that what was typed stays. */
  async send(wish: Wish, more: Record<string, unknown>): Promise<CommandResult> {
    const result = await sendCommand(wish.path, { ...wish.body, ...more });
    if (result.done) {
      this.told = result;
      this.onDone();
      void rolloutWatch.refresh();
    }
    return result;
  }
}
