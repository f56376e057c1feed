"""Shared by the tests of deploy/: the repository, the server of the integration tests, and tools that
may be missing (then a test says so and is skipped)."""
import os
import pathlib
import re
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(ROOT / "tests" / "integration"))
from support import PATIENCE, Server, binary  # noqa: E402,F401

FAMILY = re.compile(r'MetricFamily\s+\w+\s*\{\s*"([a-z_]+)"\s*,\s*(Counter|Gauge|Histogram)')


def declared_families():
    """Name -> type of every family that the program declares (src/metrics/*_names.hpp)."""
    families = {}
    for path in sorted((ROOT / "src" / "metrics").glob("*names.hpp")):
        families.update({name: kind.lower() for name, kind in FAMILY.findall(path.read_text())})
    assert len(families) > 100, "the declarations are written otherwise than this test reads them"
    return families


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(77)


def until(condition, what):
    """The condition's first true value."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"never came: {what}")


def built_file(name):
    path = pathlib.Path(os.environ.get("TICKSTOCK_BUILD_DIR", "")) / name
    if not path.exists():
        print(f"skipped: TICKSTOCK_BUILD_DIR has no {name}")
        sys.exit(77)
    return path
