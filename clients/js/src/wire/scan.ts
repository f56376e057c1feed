/**
 * Finds where the members of a JSON text begin and end, so that numbers beyond 2^53 and exact
 * decimals can be taken as text. It checks the structure only; what it delimits goes through
 * JSON.parse.
 */

export class MalformedJson extends Error {
  constructor(what: string, at: number) {
    super(`malformed JSON: expected ${what} at character ${at}`);
    this.name = 'MalformedJson';
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

export function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) {
    ++at;
  }
  return at;
}

/** Behind the string that begins at `at`. */
function skipString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) {
      ++escapes;
    }
    if (escapes % 2 === 0) {
      return end + 1;
    }
  }
  throw new MalformedJson('the end of a string', text.length);
}

/** Behind the object or array that begins at `at`. */
function skipNested(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      i = skipString(text, i) - 1;
    } else if (code === openBrace || code === openBracket) {
      ++depth;
    } else if ((code === closeBrace || code === closeBracket) && --depth === 0) {
      return i + 1;
    }
  }
  throw new MalformedJson('the end of an object or array', text.length);
}

/** Behind the value that begins at `at`. */
export function skipValue(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === quote) {
    return skipString(text, at);
  }
  if (code === openBrace || code === openBracket) {
    return skipNested(text, at);
  }
  let end = at;
  for (; end < text.length; ++end) {
    const c = text.charCodeAt(end);
    if (c === comma || c === closeBrace || c === closeBracket || isSpace(c)) {
      break;
    }
  }
  if (end === at) {
    throw new MalformedJson('a value', at);
  }
  return end;
}

function expect(text: string, at: number, code: number): number {
  if (text.charCodeAt(at) !== code) {
    throw new MalformedJson(`"${String.fromCharCode(code)}"`, at);
  }
  return at + 1;
}

/** Items between `open` and `close`; `item` reads one that begins at `at` and returns its end. */
function list(
  text: string,
  at: number,
  open: number,
  close: number,
  item: (at: number) => number,
): number {
  at = skipSpace(text, expect(text, at, open));
  if (text.charCodeAt(at) === close) {
    return at + 1;
  }
  for (;;) {
    at = skipSpace(text, item(at));
    if (text.charCodeAt(at) === close) {
      return at + 1;
    }
    at = skipSpace(text, expect(text, at, comma));
  }
}

/**
 * Walks the object that begins at `at` and returns its end. `member` is told each key and where its
 * value begins, and returns where it ends (skipValue, or a walk of its own).
 */
export function walkObject(
  text: string,
  at: number,
  member: (key: string, at: number) => number,
): number {
  return list(text, at, openBrace, closeBrace, (start) => {
    if (text.charCodeAt(start) !== quote) {
      throw new MalformedJson('a key', start);
    }
    const end = skipString(text, start);
    const plain = text.slice(start + 1, end - 1);
    const key = plain.includes('\\') ? (JSON.parse(`"${plain}"`) as string) : plain;
    return member(key, skipSpace(text, expect(text, skipSpace(text, end), colon)));
  });
}

/** Walks the array that begins at `at` and returns its end; `element` as `member` above. */
export function walkArray(text: string, at: number, element: (at: number) => number): number {
  return list(text, at, openBracket, closeBracket, element);
}

/** The text of the value at `path` (keys of nested objects); undefined when it is not there. */
export function textAt(text: string, path: readonly string[]): string | undefined {
  let found: string | undefined;
  const descend = (at: number, depth: number): number => {
    if (depth === path.length) {
      const end = skipValue(text, at);
      found = text.slice(at, end);
      return end;
    }
    if (text.charCodeAt(at) !== openBrace) {
      return skipValue(text, at);
    }
    return walkObject(text, at, (key, start) =>
      key === path[depth] ? descend(start, depth + 1) : skipValue(text, start),
    );
  };
  descend(skipSpace(text, 0), 0);
  return found;
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** JSON.parse, but integers that a double cannot hold become strings of their digits. */
export function parseExact(text: string): unknown {
  return JSON.parse(
    text.replace(tokens, (token) =>
      token.length > 15 && /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))
        ? `"${token}"`
        : token,
    ),
  );
}
