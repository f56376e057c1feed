#!/usr/bin/env python3
"""Holds the include direction of docs/ARCHITECTURE.md: a folder of src/ includes itself and lower
tiers only, stages never include each other, a third-party library shows in its own folders, and
the DEPS of each folder's CMakeLists.txt say the same."""
import pathlib
import re
import sys

TIERS = [
    {"base"},
    {"model", "expression"},
    {"config", "metrics", "net"},
    {"sources", "router", "intake", "channels", "detectors", "coordination", "priority",
     "publishing", "journal", "storage", "rules", "auth"},
    {"rollout", "monitoring", "history"},
    {"engine"},
    {"socketio", "mock_vendor", "inspection", "terminal"},
    {"server", "validate"},
    {"cli"},
]
# First path component of a third-party include -> folders that may show it. docs/DEPENDENCIES.md
# gives the reasons.
THIRD_PARTY = {
    "boost": {"mock_vendor", "monitoring", "net", "server", "sources"},
    "openssl": {"auth", "mock_vendor", "monitoring", "server", "sources"},
    "simdjson.h": {"sources"},
    "nlohmann": {"auth", "cli", "config", "history", "mock_vendor", "rollout", "server",
                 "socketio", "terminal"},
    "spdlog": {"metrics"},
    "zlib.h": {"sources"},
    "zstd.h": {"sources"},
    "tsl": {"model", "sources"},
    "date": {"model"},
    "CLI": {"cli"},
    "xxhash.h": {"base"},
    "sqlite3.h": {"storage"},
    "libpq-fe.h": {"storage"},
    "ncurses.h": {"terminal"},
    "term.h": {"terminal"},
}
TEST_ONLY = {"gtest", "gmock", "rapidcheck", "rapidcheck.h", "benchmark"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
DEPS = re.compile(r"\bDEPS\s+([a-z_\s]+)")


def tier_of(folder):
    for number, folders in enumerate(TIERS):
        if folder in folders:
            return number
    return None


def may_include(folder, other):
    return folder == other or tier_of(other) < tier_of(folder)


def check_third_party(path, folder, target, first):
    """Why this file may not include the library; None when it may."""
    if first in TEST_ONLY and "test" not in path.stem.split("_"):
        return f"<{target}> belongs to *_test.cpp and test_*.hpp only"
    if first in THIRD_PARTY and folder not in THIRD_PARTY[first]:
        return f"<{target}> belongs to {', '.join(sorted(THIRD_PARTY[first]))} only"
    return None


def headers_that_show_libraries(src):
    """Header, as include lines name it -> the third-party library that it includes."""
    shown = {}
    for path in src.rglob("*.hpp"):
        for line in path.read_text().splitlines():
            match = INCLUDE.match(line)
            first = match.group(2).split("/")[0] if match and match.group(1) == "<" else ""
            if first in THIRD_PARTY:
                shown[path.relative_to(src).as_posix()] = first
    return shown


def check_file(src, path, shown):
    folder = path.relative_to(src).parts[0]
    here = f"{path.relative_to(src.parent)}"
    if tier_of(folder) is None:
        yield f"{here}:1: folder {folder} is in no tier of tools/check_layers.py"
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        bracket, target = match.groups()
        first = target.split("/")[0]
        if ".." in target.split("/"):
            yield f"{here}:{number}: relative include {target}"
        elif bracket == "<":
            finding = check_third_party(path, folder, target, first)
            if finding:
                yield f"{here}:{number}: {finding}"
        elif tier_of(first) is None:
            yield f"{here}:{number}: {target} does not start at src/"
        elif not may_include(folder, first):
            yield f"{here}:{number}: {folder} may not include {first}"
        elif first != folder and folder not in THIRD_PARTY.get(shown.get(target), {folder}):
            yield f"{here}:{number}: {target} brings <{shown[target]}> into {folder}"


def check_deps(src, lists):
    folder = lists.parent.name
    here = f"{lists.relative_to(src.parent)}"
    for match in DEPS.finditer(lists.read_text()):
        for other in match.group(1).split():
            if tier_of(other) is None:
                yield f"{here}:1: DEPS names {other}, a folder of no tier"
            elif not may_include(folder, other):
                yield f"{here}:1: {folder} may not depend on {other}"


def check(src):
    src = pathlib.Path(src).resolve()
    findings = []
    shown = headers_that_show_libraries(src)
    for path in sorted([*src.rglob("*.hpp"), *src.rglob("*.cpp")]):
        findings += check_file(src, path, shown)
    for lists in sorted(src.glob("*/CMakeLists.txt")):
        findings += check_deps(src, lists)
    return findings


def main():
    findings = check(sys.argv[1] if len(sys.argv) > 1 else "src")
    print("\n".join(findings) if findings else "include direction holds")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
