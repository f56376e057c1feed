"""The Debian package, made from this build: what is in it, what it asks for, and that the program of
an unpacked one serves with its own settings and dashboard. Nothing is installed on the machine."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from deploy_support import ROOT, built_file, need, until


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need("cpack", "dpkg-deb", "dpkg-shlibdeps")
        config = built_file("CPackConfig.cmake")
        if not (ROOT / "web" / "dist" / "index.html").exists():
            print("skipped: web/dist is not built")
            sys.exit(77)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        output("cpack", "-G", "DEB", "--config", str(config), "-B", str(cls.folder / "package"))
        cls.deb, = (cls.folder / "package").glob("*.deb")
        cls.root = cls.folder / "root"
        output("dpkg-deb", "-R", str(cls.deb), str(cls.root))

    def field(self, name):
        return output("dpkg-deb", "-f", str(self.deb), name).strip()

    def test_it_says_what_it_is_and_needs(self):
        self.assertEqual(self.field("Package"), "tickstock")
        depends = {part.split()[0] for part in self.field("Depends").split(",")}
        self.assertLessEqual({"libc6", "libssl3", "libsqlite3-0", "libpq5", "libsimdjson14",
                              "libstdc++6", "zlib1g", "tzdata", "ca-certificates", "adduser"}, depends)
        self.assertFalse({name for name in depends if name.endswith("-dev")})
        self.assertTrue(self.deb.name.startswith("tickstock_0."), self.deb.name)

    def test_every_file_is_in_its_place(self):
        for path in ("usr/bin/tickstock", "usr/share/tickstock/web/index.html",
                     "usr/share/tickstock/grafana/tickstock.json",
                     "usr/share/tickstock/prometheus/tickstock.rules.yml",
                     "usr/lib/systemd/system/tickstock.service", "usr/lib/sysusers.d/tickstock.conf",
                     "usr/lib/tmpfiles.d/tickstock.conf", "etc/tickstock/tickstock.json",
                     "usr/share/doc/tickstock/copyright", "usr/share/doc/tickstock/changelog.gz",
                     "usr/share/doc/tickstock/deployment.md",
                     "usr/share/doc/tickstock/runbooks/README.md"):
            self.assertTrue((self.root / path).is_file(), path)
        listing = output("dpkg-deb", "-c", str(self.deb))
        for line in listing.splitlines():
            self.assertRegex(line, r"^[d-]r[w-][x-]r-[x-]r-[x-] root/root ")
        self.assertNotIn("node_modules", listing)

    def test_what_people_may_change_is_a_conffile(self):
        listed = set((self.root / "DEBIAN" / "conffiles").read_text().split())
        there = {"/" + str(path.relative_to(self.root))
                 for path in (self.root / "etc").rglob("*") if path.is_file()}
        self.assertEqual(listed, there)

    def test_maintainer_scripts_start_nothing_for_the_first_time(self):
        for name in ("postinst", "prerm", "postrm"):
            script = self.root / "DEBIAN" / name
            self.assertTrue(os.access(script, os.X_OK), name)
            subprocess.run(["sh", "-n", str(script)], check=True)
        script = re.sub(r"^#.*$", "", (self.root / "DEBIAN" / "postinst").read_text(), flags=re.M)
        self.assertIsNone(re.search(r"systemctl (start|enable|restart)|invoke-rc\.d", script))

    def test_the_units_paths_are_the_packages(self):
        unit = (self.root / "usr/lib/systemd/system/tickstock.service").read_text()
        start = re.search(r"^ExecStart=(.+)$", unit, re.M).group(1).split()
        for path in (start[0], start[start.index("--config") + 1], start[start.index("--web") + 1]):
            self.assertTrue((self.root / path.lstrip("/")).exists(), path)

    def test_the_program_serves_from_an_unpacked_package(self):
        log = self.folder / "log"
        process = subprocess.Popen(
            [self.root / "usr/bin/tickstock", "serve", "--config", self.root / "etc/tickstock",
             "--data", self.folder / "data", "--web", self.root / "usr/share/tickstock/web",
             "--port", "0", "--symbols", "20"], stderr=log.open("w"), stdout=subprocess.DEVNULL)
        try:
            port = until(lambda: re.search(r"listening on http://127\.0\.0\.1:(\d+)/", log.read_text()),
                         "a port").group(1)

            def get(path):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                    return answer.headers["Content-Type"].split(";")[0], answer.read().decode()

            kind, page = get("/")
            self.assertEqual(kind, "text/html")
            asset = re.search(r'src="(/?[^"]+\.js)"', page).group(1)
            self.assertIn("javascript", get("/" + asset.lstrip("./"))[0])
            self.assertEqual(get("/healthz")[1], "ok\n")
            process.terminate()
            self.assertEqual(process.wait(60), 0, log.read_text())
        finally:
            process.kill()
            process.wait(60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
