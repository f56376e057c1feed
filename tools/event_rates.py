#!/usr/bin/env python3
"""Event rates on recorded days, for docs/detection.md: runs the built binary over the recorded
data, prints Markdown tables and draws the plots.

    tools/event_rates.py [--binary build/release/tickstock] [--data ../shared/data]
                         [--out docs/images]
"""
import argparse
import collections
import csv
import datetime
import gzip
import io
import json
import pathlib
import subprocess
import zoneinfo

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
TYPES = ["high", "low", "trend", "surge"]
COLOURS = {"high": "#2e8b57", "low": "#c0392b", "trend": "#2c6fbb", "surge": "#d98e04"}
# Hours of each parameter period on a full day.
PERIODS = {"PREMARKET": 5.5, "OPENING": 0.25, "MIDDAY": 5.75, "CLOSING": 0.5, "AFTERHOURS": 4.0}
DAYS = ["2013-10-07", "2013-10-08"]


def period_of(minute):
    for name, end in (("PREMARKET", 570), ("OPENING", 585), ("MIDDAY", 930), ("CLOSING", 960)):
        if minute < end:
            return name
    return "AFTERHOURS"


def minute_of_day(ts):
    at = datetime.datetime.fromtimestamp(ts // 1_000_000_000, NEW_YORK)
    return at.hour * 60 + at.minute


def replay(binary, arguments, text=None):
    """The events as dictionaries. (Prices as text would keep every digit; here a float will do.)"""
    done = subprocess.run([binary, "replay", *arguments, "--out", "-", "--quiet"], input=text,
                          stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def svg(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'font-family="sans-serif" font-size="12">\n'
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) +
            "\n</svg>\n")


def legend(x, y, names):
    parts = []
    for name in names:
        parts.append(f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{COLOURS[name]}"/>'
                     f'<text x="{x + 17}" y="{y}" fill="#333">{name}</text>')
        x += 75
    return parts


def nice_top(value):
    for top in (0.5, 1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 400, 1000):
        if value <= top:
            return top
    return value


def axis(left, top, width, height, limit, unit):
    parts = []
    for step in range(5):
        value = limit * step / 4
        y = top + height - height * step / 4
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + width}" y2="{y:.1f}" '
                     f'stroke="#ddd"/><text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" '
                     f'fill="#555">{value:g}</text>')
    parts.append(f'<text x="{left}" y="{top - 10}" fill="#555">{unit}</text>')
    return parts


def plot_rates(rates):
    """Groups of bars: a group a period, a bar a type."""
    left, top, width, height = 50, 60, 700, 220
    limit = nice_top(max(rates.values()))
    parts = ['<text x="50" y="22" font-size="15" fill="#222">Events per symbol and hour</text>']
    parts += legend(430, 22, TYPES) + axis(left, top, width, height, limit, "events / symbol-hour")
    group = width / len(PERIODS)
    for at, period in enumerate(PERIODS):
        for index, kind in enumerate(TYPES):
            value = rates[period, kind]
            bar = height * value / limit
            x = left + group * at + 16 + index * 27
            parts.append(f'<rect x="{x:.1f}" y="{top + height - bar:.1f}" width="22" '
                         f'height="{bar:.1f}" fill="{COLOURS[kind]}"/>'
                         f'<text x="{x + 11:.1f}" y="{top + height - bar - 4:.1f}" font-size="10" '
                         f'text-anchor="middle" fill="#333">{value:.2g}</text>')
        parts.append(f'<text x="{left + group * (at + 0.45):.1f}" y="{top + height + 20}" '
                     f'text-anchor="middle" fill="#333">{period}</text>')
    return svg(780, 320, parts)


def plot_day(by_quarter, title):
    """A stacked bar a quarter of an hour, 04:00 to 20:00."""
    left, top, width, height = 50, 60, 700, 180
    totals = [sum(by_quarter[quarter, kind] for kind in TYPES) for quarter in range(64)]
    limit = nice_top(max(totals))
    parts = [f'<text x="50" y="22" font-size="15" fill="#222">{title}</text>']
    parts += legend(430, 22, TYPES) + axis(left, top, width, height, limit, "events / 15 min")
    slot = width / 64
    for quarter in range(64):
        y = top + height
        for kind in TYPES:
            bar = height * by_quarter[quarter, kind] / limit
            y -= bar
            if bar > 0:
                parts.append(f'<rect x="{left + slot * quarter + 1:.1f}" y="{y:.1f}" '
                             f'width="{slot - 2:.1f}" height="{bar:.1f}" fill="{COLOURS[kind]}"/>')
    for hour in range(4, 21, 2):
        parts.append(f'<text x="{left + slot * (hour - 4) * 4:.1f}" y="{top + height + 18}" '
                     f'text-anchor="middle" fill="#333">{hour:02d}:00</text>')
    return svg(780, 280, parts)


def trade_days(binary, data, out):
    found = {day: replay(binary, [str(data / "lean_flat" / f"{day}.trades.csv.gz")])
             for day in DAYS}
    counts = collections.Counter()
    by_symbol = collections.Counter()
    symbols = set()
    for day, events in found.items():
        by_quarter = collections.Counter()
        for event in events:
            if event["type"] not in TYPES or event["rev"] != 0:
                continue
            minute = minute_of_day(event["ts"])
            counts[period_of(minute), event["type"]] += 1
            by_symbol[event["symbol"], event["type"]] += 1
            by_quarter[(minute - 240) // 15, event["type"]] += 1
            symbols.add(event["symbol"])
        (out / f"events-{day}.svg").write_text(
            plot_day(by_quarter, f"{day}: AIG, BAC, IBM, SPY"))
    symbols = sorted(symbols | {"AIG", "BAC", "IBM", "SPY"})
    rates = {(period, kind): counts[period, kind] / (len(symbols) * len(DAYS) * hours)
             for period, hours in PERIODS.items() for kind in TYPES}
    (out / "event-rates.svg").write_text(plot_rates(rates))
    print("| period | " + " | ".join(TYPES) + " | all |")
    print("| --- |" + " ---: |" * (len(TYPES) + 1))
    for period in PERIODS:
        row = [rates[period, kind] for kind in TYPES]
        print(f"| {period} | " + " | ".join(f"{rate:.2f}" for rate in row + [sum(row)]) + " |")
    print("\n| symbol, events a day | " + " | ".join(TYPES) + " |")
    print("| --- |" + " ---: |" * len(TYPES))
    for symbol in symbols:
        print(f"| {symbol} | " + " | ".join(f"{by_symbol[symbol, kind] / len(DAYS):.1f}"
                                            for kind in TYPES) + " |")


def bars_as_csv(rows, timeframe):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["symbol", "timestamp", "open", "high", "low", "close", "volume", "timeframe"])
    for row in rows:
        writer.writerow([*row, timeframe])
    return text.getvalue().encode()


def minute_bars(data):
    rows = []
    for path in sorted((data / "sp500_1min_2024_gz").glob("*.csv.gz")):
        symbol = path.name.split("-")[0]
        with gzip.open(path, "rt") as lines:
            for row in csv.DictReader(lines, delimiter=";"):
                rows.append((symbol, int(row["timestamp"]), row["open"], row["high"], row["low"],
                             row["close"], row["volume"]))
    rows.sort(key=lambda row: row[1])
    return rows


def aggregated(rows, minutes):
    """Longer bars of the same trades, in order of their start."""
    bars = {}
    for symbol, ts, opened, high, low, close, volume in rows:
        start = ts - ts % (minutes * 60_000)
        bar = bars.get((start, symbol))
        if bar is None:
            bars[start, symbol] = [opened, high, low, close, float(volume)]
        else:
            bar[1] = max(bar[1], high, key=float)
            bar[2] = min(bar[2], low, key=float)
            bar[3] = close
            bar[4] += float(volume)
    return [(symbol, start, *bars[start, symbol][:4], f"{bars[start, symbol][4]:.6f}")
            for start, symbol in sorted(bars)]


def daily_bars(data):
    rows = []
    for path in sorted((data / "pystock").glob("prices-2015-*.csv.gz")):
        with gzip.open(path, "rt") as lines:
            for row in csv.DictReader(lines):
                start = datetime.datetime.fromisoformat(row["date"]).replace(tzinfo=NEW_YORK)
                rows.append((row["symbol"], int(start.timestamp() * 1000), row["open"],
                             row["high"], row["low"], row["close"], row["volume"]))
    rows.sort(key=lambda row: row[1])
    return rows


def bar_rates(binary, data):
    minutes = minute_bars(data)
    days = daily_bars(data)
    kinds = ["high", "low", "surge", "trend"]
    print("\n| bars | of | symbol-days | " +
          " | ".join(f"{kind} a symbol-day" for kind in kinds) + " |")
    print("| --- | --- | ---: |" + " ---: |" * len(kinds))
    for timeframe, length in (("1m", 1), ("5m", 5), ("15m", 15), ("1h", 60), ("1d", 0)):
        rows = days if length == 0 else minutes if length == 1 else aggregated(minutes, length)
        symbol_days = len({(row[0], row[1] // 86_400_000) for row in rows})
        of = "6,000 symbols, 2015" if length == 0 else "10 names, 2024"
        events = replay(binary, ["--format", "csv", "-"], bars_as_csv(rows, timeframe))
        counts = collections.Counter(event["type"] for event in events if event["rev"] == 0)
        print(f"| {timeframe} | {of} | {symbol_days:,} | " +
              " | ".join(f"{counts[kind] / symbol_days:.2f}" for kind in kinds) + " |")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(root / "build/release/tickstock"))
    parser.add_argument("--data", type=pathlib.Path, default=root.parent / "shared/data")
    parser.add_argument("--out", type=pathlib.Path, default=root / "docs/images")
    options = parser.parse_args()
    trade_days(options.binary, options.data, options.out)
    bar_rates(options.binary, options.data)


if __name__ == "__main__":
    main()
