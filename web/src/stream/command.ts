import { api, errorText } from './api';
import { object, text } from './read';

export interface CommandResult {
  done: boolean;
  /** What was done, or why it was not. */
  text: string;
}

/** Longer than the server waits for the engine, so that its word is heard. */
const patienceMs = 12_000;

/** Sends a command below /api/v1/ and tells what became of it; never throws. */
export async function sendCommand(
  path: string,
  body?: unknown,
  method = 'POST',
): Promise<CommandResult> {
  try {
    const response = await api.request(path, patienceMs, method, body);
    if (!response.ok) {
      return { done: false, text: await errorText(response) };
    }
    const answer = object(await response.json().catch(() => null));
    return { done: true, text: text(answer.text) || 'done' };
  } catch (error) {
    return { done: false, text: error instanceof Error ? error.message : String(error) };
  }
}
