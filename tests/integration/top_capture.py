#!/usr/bin/python3
"""Makes the pictures of docs/top.md anew: `tickstock top` in tmux before the synthetic market, as
text, and by Chromium as docs/images/top.png. TICKSTOCK_BINARY names the program."""
import html
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from support import Server, binary
from tmux_terminal import TmuxTerminal

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "top.md"
IMAGE = ROOT / "docs" / "images" / "top.png"
WIDTH, HEIGHT = 118, 36
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}


def put_block(page, name, screen):
    """The text between the marker and the end of the block that follows it."""
    text = screen.rstrip("\n")
    pattern = re.compile(rf"(<!-- {name} -->\n```text\n).*?(```\n)", re.DOTALL)
    assert pattern.search(page), name
    return pattern.sub(lambda found: found.group(1) + text + "\n" + found.group(2), page)


def style_of(codes):
    rules = []
    colour = next((COLOURS[code] for code in codes if code in COLOURS), None)
    if "7" in codes:
        rules.append(f"background:{colour or '#c9d1d9'};color:#0d1117")
    elif colour:
        rules.append(f"color:{colour}")
    if "1" in codes:
        rules.append("font-weight:bold")
    if "2" in codes:
        rules.append("opacity:.6")
    return ";".join(rules)


def page_of(screen):
    """A screen with escape sequences as HTML."""
    out, codes = [], set()
    for part in re.split(r"(\x1b\[[0-9;]*m)", screen.rstrip("\n")):
        found = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if not found:
            out.append(f'<span style="{style_of(codes)}">{html.escape(part)}</span>')
            continue
        for code in (found.group(1) or "0").split(";"):
            if code == "0":
                codes = set()
            elif code == "39":
                codes -= set(COLOURS)
            else:
                codes = (codes - set(COLOURS) if code in COLOURS else codes) | {code}
    return ('<meta charset="utf-8"><body style="margin:16px;background:#0d1117;color:#c9d1d9">'
            '<pre style="font:14px/1.3 \'DejaVu Sans Mono\',monospace;margin:0">'
            + "".join(out) + "</pre>")


def draw(screen):
    with tempfile.TemporaryDirectory(prefix="tickstock_top_") as folder:
        source = pathlib.Path(folder) / "top.html"
        source.write_text(page_of(screen), encoding="utf-8")
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu",
                        "--hide-scrollbars", f"--user-data-dir={folder}/profile",
                        f"--window-size={WIDTH * 9 - 16},{HEIGHT * 18 + 48}",
                        f"--screenshot={IMAGE}", source.as_uri()],
                       check=True, capture_output=True, timeout=120)


def main():
    with Server("--source", "synthetic") as server:
        url = f"http://127.0.0.1:{server.port}"

        def shown(text):
            """With the usual port, whatever was free; as long as before."""
            usual = "http://127.0.0.1:8080"
            return text.replace(url, usual + " " * (len(url) - len(usual)))

        with TmuxTerminal([binary(), "top", "--url", url], WIDTH, HEIGHT) as terminal:
            terminal.wait_for(lambda text: "READY" in text or "DEGRADED" in text, "figures")
            time.sleep(40)  # for the histories
            page = put_block(PAGE.read_text(encoding="utf-8"), "overview",
                             shown(terminal.screen()))
            coloured = shown(terminal.screen(styles=True))
            terminal.resize(80, 24)
            terminal.press("2")
            terminal.wait_for(lambda text: "Detail" in text and
                              len(text.split("\n")) == 25, "channels")
            PAGE.write_text(put_block(page, "channels", shown(terminal.screen())),
                            encoding="utf-8")
    if shutil.which("chromium"):
        draw(coloured)
    print(f"{PAGE.relative_to(ROOT)} has new pictures")


if __name__ == "__main__":
    main()
