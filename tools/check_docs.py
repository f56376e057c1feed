#!/usr/bin/env python3
"""Every relative link of every Markdown file leads to a file, and its #anchor to a heading. A fence
that names a file behind its language (```cpp examples/own_channel.cpp) holds just what that holds."""
import pathlib
import re
import sys

from project_files import project_files

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^\s*(```|~~~)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
QUOTE = re.compile(r"^```\w+ (\S*/\S+)\s*$")
INLINE_CODE = re.compile(r"`[^`]*`")


def prose_lines(text):
    """(line number, line) of everything outside code fences."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchor_of(heading):
    """As GitHub derives it: lower case, punctuation dropped, blanks as hyphens."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors_of(path):
    anchors, seen = set(), {}
    for _, line in prose_lines(path.read_text(encoding="utf-8")):
        match = HEADING.match(line)
        if match:
            anchor = anchor_of(match.group(1))
            repeat = seen.get(anchor, 0)
            seen[anchor] = repeat + 1
            anchors.add(f"{anchor}-{repeat}" if repeat else anchor)
    return anchors


def quotes(text):
    """(line number, file, text) of every fence that quotes a file."""
    file, first, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        opening = QUOTE.match(line)
        if file is None and opening:
            file, first, lines = opening.group(1), number, []
        elif file is not None and line == "```":
            yield first, file, "".join(f"{quoted}\n" for quoted in lines)
            file = None
        elif file is not None:
            lines.append(line)


def quote_findings(root, path):
    for number, file, text in quotes(path.read_text(encoding="utf-8")):
        here = f"{path.relative_to(root)}:{number}"
        quoted = root / file
        if not quoted.is_file():
            yield f"{here}: {file} does not exist"
        elif quoted.read_text(encoding="utf-8") != text:
            yield f"{here}: this is not what {file} holds"


def check(root):
    root = pathlib.Path(root).resolve()
    findings = []
    for path in project_files(root):
        if path.suffix != ".md":
            continue
        findings += quote_findings(root, path)
        for number, line in prose_lines(path.read_text(encoding="utf-8")):
            for target in LINK.findall(INLINE_CODE.sub("", line)):
                here = f"{path.relative_to(root)}:{number}"
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                file, _, anchor = target.partition("#")
                other = (path.parent / file).resolve() if file else path
                if not other.is_relative_to(root):
                    findings.append(f"{here}: {target} leaves the project")
                elif not other.exists():
                    findings.append(f"{here}: {target} does not exist")
                elif anchor and other.suffix == ".md" and anchor not in anchors_of(other):
                    findings.append(f"{here}: {target} names no heading of that file")
    return findings


def main():
    findings = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    print("\n".join(findings) if findings else "every link leads somewhere, every quoted file is as quoted")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
