"""A terminal whose screen a test can read: tmux on a socket of its own, without anyone's settings."""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from support import PATIENCE

if not shutil.which("tmux"):
    print("skipped: the program tmux is not installed")
    sys.exit(77)


class TmuxTerminal:
    """Runs one command line; ends with the `with` block. The pane stays when the command has ended,
    so that what it left can be read."""

    def __init__(self, arguments, width=80, height=24, **variables):
        self._folder = tempfile.mkdtemp(prefix="tickstock_tmux_")
        self._socket = os.path.join(self._folder, "socket")
        settings = {"LC_ALL": "C.UTF-8", **variables}
        clean = [part for name in os.environ if name.startswith(("TICKSTOCK_", "NO_COLOR"))
                 for part in ("-u", name)]
        words = ["env", *clean, *(f"{name}={value}" for name, value in settings.items()), *arguments]
        self.status_file = os.path.join(self._folder, "status")
        # The terminal's own settings before and after; then it stays.
        self._line = (f"stty -g > {self._folder}/before; printf 'earlier text\\n'; "
                      f"{shlex.join(map(str, words))}; echo $? > {self._folder}/code; "
                      f"stty -g > {self._folder}/after; mv {self._folder}/code {self.status_file}; "
                      "sleep 1000")
        self._tmux("-u", "-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
                   self._line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True,
                       timeout=PATIENCE, check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self._socket, *arguments], check=True,
                              capture_output=True, text=True, timeout=PATIENCE).stdout

    def screen(self, styles=False):
        """The lines as they are seen now; with `styles` and the escape sequences of colours."""
        return self._tmux("capture-pane", "-p", *(["-e"] if styles else []))

    def press(self, *keys):
        """Characters, or tmux's names of keys ("Enter", "PageDown")."""
        self._tmux("send-keys", *keys)

    def resize(self, width, height):
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait_for(self, condition, what=""):
        """The first screen that has the text, or for which the function is true. A screen counts
        when it stands still for a moment: one that is being drawn has lines of two pictures."""
        meets = condition if callable(condition) else lambda screen: condition in screen
        end = time.monotonic() + PATIENCE
        before = None
        while True:
            screen = self.screen()
            if screen == before and meets(screen):
                return screen
            assert time.monotonic() < end, f"never on the screen: {what or condition}\n{screen}"
            time.sleep(0.02 if screen != before else 0.05)
            before = screen

    def exit_code(self):
        """Of the command, once it has ended; the terminal must be set as before."""
        end = time.monotonic() + PATIENCE
        while not os.path.exists(self.status_file):
            assert time.monotonic() < end, "the command did not end\n" + self.screen()
            time.sleep(0.05)
        before, after = (self._read(name) for name in ("before", "after"))
        assert before == after, (before, after)
        return int(self._read("status"))

    def _read(self, name):
        with open(os.path.join(self._folder, name), encoding="utf-8") as file:
            return file.read().strip()
