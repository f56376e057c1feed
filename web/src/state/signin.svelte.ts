import { api, type Api, type Identity } from '../stream/api';

/** sessionStorage: gone with the tab, and no other tab reads it. */
const key = 'tickstock.credential';

export type SignInState =
  /** The server has not said yet whether it wants to know who this is. */
  | 'asking'
  /** Nothing is shown but the sign-in panel. */
  | 'needed'
  | 'admitted';

/** Who uses the page, where the server wants to know. One instance a page. */
export class SignIn {
  state = $state<SignInState>('asking');
  /** Null while the server has not told it. */
  identity = $state.raw<Identity | null>(null);
  /** Why the panel is shown, or what was wrong with the last try. */
  error = $state<string | null>(null);
  busy = $state(false);
  private retry: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly api: Api) {
    api.onUnauthorized = (message) => this.end(message);
  }

  /** Whether the server asks; then the header says who is signed in. */
  get isAsked(): boolean {
    return this.api.credential !== null && this.identity?.kind !== 'local';
  }

  /** Once, when the page begins. */
  start(): void {
    this.api.credential = read();
    void this.askAgain();
  }

  /** A person's try. */
  async signIn(typed: string): Promise<void> {
    const credential = typed.trim();
    if (!/^[\x21-\x7e]+$/.test(credential)) {
      this.error =
        credential === ''
          ? 'Enter an API key or a token.'
          : 'An API key or token has no spaces and plain ASCII characters only.';
      return;
    }
    this.stopRetry();
    this.busy = true;
    const answer = await this.api.whoIs(credential);
    this.busy = false;
    if (answer.kind !== 'known') {
      this.error = sentence(answer.text);
      return;
    }
    this.api.credential = credential;
    write(credential);
    this.admit(answer.identity);
  }

  signOut(): void {
    this.end(null);
  }

  /** The server's word on the stream; it may have changed since the page asked. */
  told(user: string, role: string): void {
    this.identity = { user, role, kind: this.identity?.kind ?? '' };
  }

  /** Forgets the credential and shows the panel, with the reason if there is one. */
  end(reason: string | null): void {
    this.stopRetry();
    // Without a credential nothing was wrong with one: the server has merely asked.
    this.error = reason !== null && this.api.credential !== null ? sentence(reason) : null;
    this.api.credential = null;
    write(null);
    this.identity = null;
    this.state = 'needed';
  }

  private async askAgain(): Promise<void> {
    const answer = await this.api.whoIs(this.api.credential);
    if (this.state === 'admitted') {
      return; // somebody was quicker by hand
    }
    if (answer.kind === 'known') {
      this.admit(answer.identity);
    } else if (answer.kind === 'refused') {
      this.end(answer.text);
    } else if (answer.retryMs !== null) {
      // Others of this address guessed; the credential that is kept may be good all the same.
      this.error = sentence(answer.text);
      this.state = 'needed';
      this.retry = setTimeout(() => void this.askAgain(), answer.retryMs);
    } else {
      this.state = 'admitted'; // the page says by itself that nobody answers, and tries again
    }
  }

  private admit(identity: Identity): void {
    this.identity = identity;
    this.error = null;
    this.state = 'admitted';
  }

  private stopRetry(): void {
    if (this.retry !== null) {
      clearTimeout(this.retry);
      this.retry = null;
    }
  }
}

const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.…!?]$/.test(words) ? '' : '.'}`;

function read(): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(credential: string | null): void {
  try {
    if (credential === null) {
      sessionStorage.removeItem(key);
    } else {
      sessionStorage.setItem(key, credential);
    }
  } catch {
    // A browser that keeps nothing: signed in as long as the page lasts.
  }
}

export const signIn = new SignIn(api);
