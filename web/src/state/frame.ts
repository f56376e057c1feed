/**
 * Puts all page updates of one animation frame together. Data comes in at any rate and changes
 * plain objects; the page is told at most once a frame, and once a second while it is hidden.
 */
export class FrameBatcher {
  private readonly tasks = new Set<() => void>();
  private scheduled = false;

  constructor(private readonly requestFrame: (run: () => void) => void = requestPageFrame) {}

  /** Runs `task` once in the next frame, however often it is asked for until then. */
  request(task: () => void): void {
    this.tasks.add(task);
    if (!this.scheduled) {
      this.scheduled = true;
      this.requestFrame(() => this.run());
    }
  }

  private run(): void {
    this.scheduled = false;
    const due = [...this.tasks];
    this.tasks.clear();
    for (const task of due) {
      task();
    }
  }
}

function requestPageFrame(run: () => void): void {
  if (document.hidden) {
    setTimeout(run, 1000);
  } else {
    requestAnimationFrame(run);
  }
}
