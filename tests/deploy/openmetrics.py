"""A strict reader of OpenMetrics 1.0 and of Prometheus' text format 0.0.4, written from the formats'
own texts. What is not allowed there is a FormatError with the line."""
import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|[+-]Inf")
# The suffixes of samples, by the family's type: OpenMetrics, text format.
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
PLAIN_SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
UNITS = ("seconds", "bytes")


class FormatError(Exception):
    pass


class Family:
    def __init__(self, name):
        self.name = name
        self.type = self.help = self.unit = None
        self.samples = []  # (name, labels, value)


def unescape(text, quotes):
    """Of a help text or a label's value: \\\\ and \\n, and \\" where quotes end it."""
    out, i = [], 0
    while i < len(text):
        if text[i] == "\\":
            known = {"\\": "\\", "n": "\n", **({'"': '"'} if quotes else {})}
            if i + 1 == len(text) or text[i + 1] not in known:
                raise FormatError(f"no such escape: {text!r}")
            out.append(known[text[i + 1]])
            i += 2
        elif quotes and text[i] == '"':
            raise FormatError(f"a bare quote: {text!r}")
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def parse_labels(text):
    """What stands in braces -> (dict, what follows them)."""
    labels, at = {}, 1
    while text[at:at + 1] != "}":
        match = LABEL.match(text, at)
        if not match or not text.startswith('="', match.end()):
            raise FormatError(f"no label: {text[at:]!r}")
        end = match.end() + 2
        while text[end:end + 1] != '"':
            if not text[end:]:
                raise FormatError(f"a value without end: {text!r}")
            end += 2 if text[end] == "\\" else 1
        if match.group() in labels:
            raise FormatError(f"a label twice: {text!r}")
        labels[match.group()] = unescape(text[match.end() + 2:end], True)
        at = end + 1
        if text[at:at + 1] == ",":
            at += 1
            if text[at:at + 1] == "}":
                raise FormatError(f"a comma before the brace: {text!r}")
        elif text[at:at + 1] != "}":
            raise FormatError(f"neither comma nor brace: {text!r}")
    return labels, text[at + 1:]


def parse_sample(line):
    match = NAME.match(line)
    if not match:
        raise FormatError(f"no name: {line!r}")
    rest, labels = line[match.end():], {}
    if rest.startswith("{"):
        labels, rest = parse_labels(rest)
    if not rest.startswith(" ") or not NUMBER.fullmatch(rest[1:]):
        raise FormatError(f"no value behind one space: {line!r}")
    return match.group(), labels, float(rest[1:])


def parse(text, is_open):
    """All families by name, checked."""
    if not text.endswith("\n"):
        raise FormatError("the last line has no end")
    lines = text.split("\n")[:-1]
    if is_open:
        if lines[-1] != "# EOF":
            raise FormatError("it does not end with # EOF")
        lines.pop()
    families, current, seen = {}, None, set()
    for line in lines:
        if not line or line.rstrip() != line or "\r" in line:
            raise FormatError(f"an empty line, or blanks at its end: {line!r}")
        if line.startswith("#"):
            word = re.fullmatch(r"# (HELP|TYPE|UNIT) (\S+) (.*)", line)
            if not word or not NAME.fullmatch(word.group(2)):
                raise FormatError(f"no comment is allowed but HELP, TYPE, UNIT: {line!r}")
            kind, name, value = word.groups()
            if current is None or current.name != name:
                if name in families:
                    raise FormatError(f"the family stands twice: {name}")
                current = families[name] = Family(name)
            if current.samples or getattr(current, kind.lower()) is not None:
                raise FormatError(f"{kind} twice or behind samples: {name}")
            setattr(current, kind.lower(), unescape(value, False) if kind == "HELP" else value)
            continue
        name, labels, value = parse_sample(line)
        if current is None or current.type is None:
            raise FormatError(f"a sample without a TYPE: {line!r}")
        suffixes = (SUFFIXES if is_open else PLAIN_SUFFIXES)[current.type]
        if name not in [current.name + suffix for suffix in suffixes]:
            raise FormatError(f"{name} is no sample of the {current.type} {current.name}")
        key = (name, tuple(sorted(labels.items())))
        if key in seen:
            raise FormatError(f"the sample stands twice: {line!r}")
        seen.add(key)
        current.samples.append((name, labels, value))
    for family in families.values():
        check_family(family, is_open)
    return families


def check_family(family, is_open):
    if family.type not in SUFFIXES or not family.help:
        raise FormatError(f"{family.name}: type {family.type}, help {family.help!r}")
    if is_open:
        if family.type == "counter" and family.name.endswith("_total"):
            raise FormatError(f"{family.name}: _total belongs to the sample, not to the family")
        if family.unit is not None and not family.name.endswith("_" + family.unit):
            raise FormatError(f"{family.name} does not end in its unit {family.unit}")
        if family.unit is None and family.name.endswith(UNITS):
            raise FormatError(f"{family.name} has a unit in its name and no UNIT")
    elif family.unit is not None:
        raise FormatError(f"{family.name}: the text format has no UNIT")
    if family.type == "counter":
        for name, labels, value in family.samples:
            if not value >= 0 or math.isinf(value):
                raise FormatError(f"{name}{labels} counts {value}")
    if family.type == "histogram":
        check_histogram(family)


def check_histogram(family):
    """Buckets grow up to +Inf, which is the count; the sum has a place between."""
    groups = {}
    for name, labels, value in family.samples:
        rest = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        group = groups.setdefault(rest, {"buckets": []})
        kind = name[len(family.name):]
        if kind == "_bucket":
            group["buckets"].append((float(labels["le"]), value))
        elif "le" in labels or kind in group:
            raise FormatError(f"{name}{labels}")
        else:
            group[kind] = value
    for labels, group in groups.items():
        bounds = [bound for bound, _ in group["buckets"]]
        counts = [count for _, count in group["buckets"]]
        if bounds != sorted(set(bounds)) or not bounds or bounds[-1] != math.inf:
            raise FormatError(f"{family.name}{labels}: bounds {bounds}")
        if counts != sorted(counts) or counts[0] < 0:
            raise FormatError(f"{family.name}{labels}: buckets fall: {counts}")
        if counts[-1] != group.get("_count") or "_sum" not in group:
            raise FormatError(f"{family.name}{labels}: the count is not the last bucket's")
        # Each value is at least its bucket's lower bound, at most its upper one.
        low = sum((counts[i] - counts[i - 1]) * bounds[i - 1] for i in range(1, len(counts)))
        if group["_sum"] < low * 0.98 - 1e-9:  # buckets end up to 1/64 below their bounds
            raise FormatError(f"{family.name}{labels}: sum {group['_sum']} under {low}")
