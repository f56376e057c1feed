#!/usr/bin/env python3
"""House rules that no compiler holds: nothing put off, no path of one machine, no package host, no
wall clock or randomness inside the pure stages, every test asserts something."""
import pathlib
import re
import sys

from project_files import project_files, text_of

PURE_STAGES = ("router", "intake", "channels", "detectors", "coordination", "priority",
               "publishing")

# The patterns are spelt so that they do not find themselves.
PUT_OFF = re.compile(r"\b(?:TO[D]O|FI[X]ME|X[X]X)\b")
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:wor[k]|far[m]|roo[t])/")
PACKAGE_HOST = re.compile(
    r"registr[y]\.(?:npmjs|yarnpkg)|\bpypi\.[o]rg|files\.pythonhosted|\b(?:deb|security)\.debia[n]"
    r"\.org|\"resolved\"\s*:\s*\"https?:|https?://[^/\s\"]*(?:artifactory|nexus|verdaccio)")
IMPURE = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)\b|\bstd::random_device\b"
    r"|\bclock_gettime\b|\bgettimeofday\b|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)"
    r"|\b(?:std::)?s?rand\s*\(|\bstd::mt19937|\bSystemClock\b")
ASSERTION = re.compile(r"\b(?:EXPECT_|ASSERT_|RC_ASSERT|RC_FAIL|FAIL\(\)|ADD_FAILURE|rc::check"
                       r"|static_assert)")
CPP = {".cpp", ".hpp"}


def line_findings(name, text):
    pure = re.match(rf"src/(?:{'|'.join(PURE_STAGES)})/", name) and not name.endswith(("_test.cpp", "test_support.hpp"))
    for number, line in enumerate(text.splitlines(), 1):
        here = f"{name}:{number}"
        if PUT_OFF.search(line):
            yield f"{here}: work put off"
        if MACHINE_PATH.search(line):
            yield f"{here}: a path of one machine"
        if PACKAGE_HOST.search(line):
            yield f"{here}: a package host"
        if pure and IMPURE.search(line):
            yield f"{here}: wall clock or randomness inside a pure stage"


def file_findings(name, text):
    suffix = pathlib.PurePath(name).suffix
    if text and not text.endswith("\n") and suffix in CPP | {".py", ".md", ".sh"}:
        yield f"{name}: the last line has no end"
    if suffix == ".hpp" and "#pragma once" not in text:
        yield f"{name}:1: a header without #pragma once"
    if name.endswith("_test.cpp") and not ASSERTION.search(text):
        yield f"{name}:1: a test file that asserts nothing"


def check(root):
    root = pathlib.Path(root).resolve()
    findings = []
    for path in project_files(root):
        text = text_of(path)
        if text is None:
            continue
        name = path.relative_to(root).as_posix()
        findings += line_findings(name, text)
        findings += file_findings(name, text)
    return findings


def main():
    findings = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    print("\n".join(findings) if findings else "tidy")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
