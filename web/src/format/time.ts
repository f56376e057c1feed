/** Market time (New York) from UTC milliseconds. The offset is looked up once per quarter hour. */

const zone = 'America/New_York';
const parts = new Intl.DateTimeFormat('en-US', {
  timeZone: zone,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const quarterHour = 15 * 60 * 1000;
const offsets = new Map<number, number>();

function zoneOffset(millis: number): number {
  const quarter = Math.floor(millis / quarterHour);
  const known = offsets.get(quarter);
  if (known !== undefined) {
    return known;
  }
  const start = quarter * quarterHour;
  const field: Record<string, number> = {};
  for (const part of parts.formatToParts(start)) {
    field[part.type] = Number(part.value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) - start;
  if (offsets.size > 1000) {
    offsets.clear();
  }
  offsets.set(quarter, offset);
  return offset;
}

function shifted(millis: number): string {
  return new Date(millis + zoneOffset(millis)).toISOString();
}

/** What New York's clocks are ahead of UTC then, in ms: negative. */
export const marketShift = zoneOffset;

/** "09:58:12.123" */
export function marketTime(millis: number): string {
  return millis > 0 ? shifted(millis).slice(11, 23) : '–';
}

/** "09:58:12" */
export function marketClock(millis: number): string {
  return millis > 0 ? shifted(millis).slice(11, 19) : '––:––:––';
}

/** "2024-06-18" */
export function marketDate(millis: number): string {
  return millis > 0 ? shifted(millis).slice(0, 10) : '';
}

/** "Tue 18 Jun 2024" */
export function marketDay(millis: number): string {
  if (millis <= 0) {
    return '';
  }
  const day = new Date(millis + zoneOffset(millis));
  const name = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][day.getUTCDay()];
  const month = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[day.getUTCMonth()];
  return `${name} ${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`;
}

/** How long ago, for a person: "0.4 s", "12 s", "3 min". */
export function age(millis: number): string {
  if (millis < 10_000) {
    return `${(Math.max(0, millis) / 1000).toFixed(1)} s`;
  }
  if (millis < 120_000) {
    return `${Math.round(millis / 1000)} s`;
  }
  return millis < 7_200_000
    ? `${Math.round(millis / 60_000)} min`
    : `${Math.round(millis / 3_600_000)} h`;
}

/** A span of market time in words that fit a chip: "45 s", "5 min", "2 h". */
export function span(seconds: number): string {
  if (seconds < 120) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A long span, two parts of it: "3 d 4 h", "12 min 5 s". */
export function spanWords(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return first < 0
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .filter(([count]) => count > 0)
        .map(([count, unit]) => `${count} ${unit}`)
        .join(' ');
}

/** Wall time where the reader is: "14:03:12", with the day before when it is not today. */
export function wallTime(millis: number, now = Date.now()): string {
  if (millis <= 0) {
    return '–';
  }
  const date = new Date(millis);
  const pad = (n: number): string => String(n).padStart(2, '0');
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return date.toDateString() === new Date(now).toDateString()
    ? clock
    : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock}`;
}
