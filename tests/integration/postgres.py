"""A PostgreSQL server of a test's own, from Debian's package postgresql-15: in a temporary folder,
reached by its Unix socket only, as user "postgres" or "nobody" where the test is root's."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")


def is_installed():
    return (BINARIES / "postgres").exists()


class Postgres:
    """with Postgres() as server: … server.url …; server.kill(); server.start()"""

    def __init__(self, fsync=True):
        self.folder = tempfile.mkdtemp(prefix="pg_")
        self.fsync = fsync
        self.process = None
        self.user = None
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            entry = pwd.getpwnam(self.user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self._run([BINARIES / "initdb", "-D", self.folder + "/data", "-U", "test", "-A", "trust",
                   "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]).wait()
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)  # at once, and leaves no shared memory behind
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"postgresql://test@{urllib.parse.quote(self.folder, safe='')}/postgres"

    def _run(self, words):
        words = [str(word) for word in words]
        with open(self.folder + "/log", "ab") as log:
            return subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                    cwd="/", user=self.user, group=self._group(),
                                    extra_groups=[] if self.user else None)

    def _group(self):
        return pwd.getpwnam(self.user).pw_gid if self.user else None

    def start(self, patience=60):
        """Returns when the server takes connections."""
        assert self.process is None
        self.process = self._run([BINARIES / "postgres", "-D", self.folder + "/data",
                                  "-k", self.folder, "-c", "listen_addresses=", "-c", "port=5432",
                                  "-c", "dynamic_shared_memory_type=mmap",
                                  "-c", "fsync=" + ("on" if self.fsync else "off")])
        end = time.monotonic() + patience
        while subprocess.run([BINARIES / "pg_isready", "-q", "-h", self.folder, "-p", "5432"],
                             check=False).returncode != 0:
            assert time.monotonic() < end, pathlib.Path(self.folder, "log").read_text()
            time.sleep(0.1)

    def _processes(self):
        """The server and its children, which have sessions of their own."""
        found = [self.process.pid]
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(words[1]) == self.process.pid:
                found.append(int(folder.name))
        return found

    def kill(self):
        """SIGKILL to all its processes at once; returns when they are gone."""
        if self.process is None:
            return
        family = self._processes()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in family:
                try:
                    os.kill(process, number)
                except ProcessLookupError:
                    pass
        self.process.wait()
        self.process = None
        while any(os.path.exists(f"/proc/{process}") for process in family):
            time.sleep(0.01)

    def hang(self):
        """SIGSTOP to all its processes: sockets stay open and nothing answers, until go_on()."""
        os.kill(self.process.pid, signal.SIGSTOP)  # first: from now on it has no more children
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def go_on(self):
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def stop(self):
        """An orderly end."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.process = None

    def query(self, sql):
        """Rows as lists of text, by psql; for a look from outside."""
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-h",
                               self.folder, "-p", "5432", "-U", "test", "-d", "postgres",
                               "-c", sql], capture_output=True, text=True, check=True)
        text = done.stdout.rstrip("\n")
        return [row.split("\x1f") for row in text.split("\x1e")] if text else []


if __name__ == "__main__":
    if not is_installed():
        print("skipped: PostgreSQL is not installed (Debian: postgresql-15)")
        raise SystemExit(77)
    with Postgres() as server:
        server.query("CREATE TABLE t (x TEXT)")
        server.query("INSERT INTO t VALUES ('a'), ('b|c')")
        server.kill()
        server.start()
        assert server.query("SELECT x FROM t ORDER BY x") == [["a"], ["b|c"]]
        server.stop()
        server.start()
        assert server.query("SELECT count(*) FROM t") == [["2"]]
    assert not os.path.exists(server.folder)
    print("ok")
