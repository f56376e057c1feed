/** How the line to the server is, as the page shows it. */
export type ConnectionState =
  | { kind: 'connecting'; attempt: number }
  | { kind: 'live' }
  /** `retryAt` by performance.now(). */
  | { kind: 'waiting'; attempt: number; retryAt: number; code: number; reason: string }
  | { kind: 'stopped'; code: number; reason: string };
