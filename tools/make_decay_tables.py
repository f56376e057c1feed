#!/usr/bin/env python3
"""Writes src/detectors/decay_table.cpp: the powers that trend and surge use, correctly rounded, so
that no pow() of a C library decides which events come out.

    tools/make_decay_tables.py            writes the file
    tools/make_decay_tables.py --check    says whether the file is what would be written"""
import pathlib
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/detectors/decay_table.cpp"
LONGEST = 600  # seconds
PER_LINE = 4
# Table, base, exponent a second, in words.
TABLES = (
    ("trend_decay_180", "0.9", Fraction(20, 180), "0.9^(20·Δt/180)"),
    ("trend_decay_360", "0.9", Fraction(20, 360), "0.9^(20·Δt/360)"),
    ("trend_decay_600", "0.9", Fraction(20, 600), "0.9^(20·Δt/600)"),
    ("volatility_decay", "0.5", Fraction(1, 100), "0.5^(Δt/100)"),
)
HEAD = """// Written by tools/make_decay_tables.py; a test holds it. Do not edit.

#include "detectors/decay_table.hpp"

namespace tickstock {

// clang-format off
"""
TAIL = """// clang-format on

}  // namespace tickstock
"""


def nearest_double(exact):
    """The double nearest to a decimal of 80 digits. Far more than 1e-70 from every midpoint, so the
    error of the decimal itself cannot turn the rounding."""
    margin = Fraction(1, 10**70)
    value = Fraction(exact)
    double = value.numerator / value.denominator  # integer division rounds correctly
    for near in (value * (1 - margin), value * (1 + margin)):
        assert near.numerator / near.denominator == double
    return double


def powers(base, a_second):
    for seconds in range(LONGEST + 1):
        exponent = seconds * a_second
        power = Decimal(exponent.numerator) / Decimal(exponent.denominator)
        yield nearest_double(Decimal(base) ** power).hex()


def text():
    parts = [HEAD]
    for name, base, a_second, words in TABLES:
        parts.append(f"// {words}\nconst DecayTable {name}{{\n")
        values = list(powers(base, a_second))
        for at in range(0, len(values), PER_LINE):
            parts.append("    " + ", ".join(values[at:at + PER_LINE]) + ",\n")
        parts.append("};\n\n")
    return "".join(parts) + TAIL


def main():
    getcontext().prec = 80
    wanted = text()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(wanted, encoding="utf-8")
        return 0
    same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted
    print("decay tables are as computed" if same else f"{TARGET.name} is not what is computed")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
