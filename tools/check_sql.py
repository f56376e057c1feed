#!/usr/bin/env python3
"""No SQL is put together from text: src/ calls none of SQLite's or libpq's functions that take whole
statements but sqlite3_prepare_v3 and PQsendPrepare, in few places, with a literal only (SqlText)."""
import pathlib
import re
import sys

HOMES = ("storage/sqlite_database.cpp", "storage/sqlite_prepared.cpp",
         "storage/postgres_connection.cpp")
HEADER = "storage/sql_text.hpp"
FORBIDDEN = re.compile(r"\bsqlite3_(?:exec|get_table|mprintf|vmprintf|snprintf|prepare(?:16)?(?:_v2)?"
                       r"|prepare16_v3|complete|load_extension|enable_load_extension)\s*\("
                       r"|\bPQ(?:exec|execParams|prepare|sendQuery|sendQueryParams|putline)\s*\(")
PREPARE = re.compile(r"\b(?:sqlite3_prepare_v3|PQsendPrepare)\s*\(")
# The one type that statements come in: made at compile time, so from a literal only.
LITERAL_ONLY = re.compile(r"consteval\s+SqlText\s*\(\s*const\s+char\s*\*")
PREPARES_LITERAL = re.compile(r"sqlite3_prepare_v3\s*\(\s*[\w.()]+\s*,\s*sql\.text\s*,"
                              r"|PQsendPrepare\s*\(\s*[\w.()]+\s*,\s*[\w.()]+\s*,\s*sql\.text\s*,")


def is_test(path):
    return "test" in path.stem.split("_")


def check(src):
    src = pathlib.Path(src).resolve()
    for path in sorted([*src.rglob("*.cpp"), *src.rglob("*.hpp")]):
        name = path.relative_to(src).as_posix()
        if is_test(path):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if FORBIDDEN.search(line):
                yield f"src/{name}:{number}: a function of SQLite or libpq that takes any text as a statement"
            if PREPARE.search(line) and (name not in HOMES or not PREPARES_LITERAL.search(line)):
                yield f"src/{name}:{number}: statements are prepared by {', '.join(HOMES)} from SqlText only"
    header = src / HEADER
    if header.exists() and not LITERAL_ONLY.search(header.read_text()):
        yield f"src/{header.relative_to(src)}:1: SqlText must be made by a consteval constructor only"


def main():
    findings = list(check(sys.argv[1] if len(sys.argv) > 1 else "src"))
    print("\n".join(findings) if findings else "no SQL is put together from text")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
