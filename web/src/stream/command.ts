import { object, text } from './read';

export interface CommandResult {
  done: boolean;
  /** What was done, or why it was not. */
  text: string;
}

/** Longer than the server waits for the engine, so that its word is heard. */
const patienceMs = 12_000;

/** POSTs a command below /api/v1/ and tells what became of it; never throws. */
export async function sendCommand(path: string): Promise<CommandResult> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method: 'POST',
      signal: AbortSignal.timeout(patienceMs),
    });
    const answer = object(await response.json().catch(() => null));
    if (response.ok) {
      return { done: true, text: text(answer.text) || 'done' };
    }
    const error = text(object(answer.error).message);
    return { done: false, text: error || `status ${response.status}` };
  } catch (error) {
    return { done: false, text: error instanceof Error ? error.message : String(error) };
  }
}
