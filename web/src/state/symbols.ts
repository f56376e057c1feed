/** Symbols that the stream has named, for the search. Bounded: what comes beyond is not offered. */
export class SeenSymbols {
  private readonly all = new Set<string>();

  constructor(private readonly limit = 50_000) {}

  get size(): number {
    return this.all.size;
  }

  has(symbol: string): boolean {
    return this.all.has(symbol);
  }

  add(symbol: string): void {
    if (symbol !== '' && this.all.size < this.limit) {
      this.all.add(symbol);
    }
  }

  clear(): void {
    this.all.clear();
  }

  /** At most `count` that begin with `text`, the shortest first, then by name; then those that hold it. */
  match(text: string, count: number): string[] {
    const wanted = text.trim().toUpperCase();
    if (wanted === '') {
      return [];
    }
    const beginning: string[] = [];
    const within: string[] = [];
    for (const symbol of this.all) {
      const at = symbol.toUpperCase().indexOf(wanted);
      if (at === 0) {
        beginning.push(symbol);
      } else if (at > 0) {
        within.push(symbol);
      }
    }
    const order = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
    return [...beginning.sort(order), ...within.sort(order)].slice(0, count);
  }
}
