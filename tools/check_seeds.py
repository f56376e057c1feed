#!/usr/bin/env python3
"""Checks docs/seeds.md: each row has a state, and every file and test that it names exists.

A row is `seed's name | our name | file | test | state`. `covered` needs a file and a test; `changed`
needs its reason in brackets; `later` names the issue in brackets."""
import pathlib
import re
import sys

from project_files import project_files, text_of

COLUMNS = 5
STATE = re.compile(r"^(covered|changed|later)(?: \((.+)\))?$")
CODE = re.compile(r"`([^`]+)`")
GTEST = re.compile(
    r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)"
    r"\(\s*(\w+)\s*,\s*(\w+)", re.MULTILINE)


def known_tests(files):
    names = set()
    for path in files:
        if path.name.endswith("_test.cpp"):
            text = text_of(path) or ""
            names.update(f"{suite}.{name}" for suite, name in GTEST.findall(text))
    return names


def rows(text):
    """(line number, cells) of every table row below a header separator."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            inside = True
        elif inside:
            yield number, cells


def named(cell):
    return CODE.findall(cell)


def check_row(cells, paths, test_files, tests):
    if len(cells) != COLUMNS:
        return [f"{len(cells)} cells where {COLUMNS} are wanted"]
    seed, _, file_cell, test_cell, state_cell = cells
    findings = []
    state = STATE.match(state_cell)
    if not seed:
        findings.append("no seed's name")
    if not state:
        findings.append(f"'{state_cell}' is no state: covered, changed (reason) or later (issue)")
    elif state.group(1) != "covered" and not state.group(2):
        findings.append(f"'{state.group(1)}' says nothing in brackets")
    elif state.group(1) == "covered" and not (named(file_cell) and named(test_cell)):
        findings.append("covered, but no file or no test is named")
    findings += [f"file {name} does not exist" for name in named(file_cell) if name not in paths]
    for name in named(test_cell):
        if name not in tests and name not in test_files:
            findings.append(f"test {name} does not exist")
    return findings


def check(root):
    root = pathlib.Path(root).resolve()
    table = root / "docs" / "seeds.md"
    files = project_files(root)
    paths = {path.relative_to(root).as_posix() for path in files}
    test_files = paths | {path.name for path in files}
    tests = known_tests(files)
    findings, count = [], 0
    for number, cells in rows(table.read_text(encoding="utf-8")):
        count += 1
        findings += [f"docs/seeds.md:{number}: {finding}"
                     for finding in check_row(cells, paths, test_files, tests)]
    if not count:
        findings.append("docs/seeds.md: no rows")
    return findings


def main():
    findings = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    print("\n".join(findings) if findings else "every file and test of docs/seeds.md exists")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
