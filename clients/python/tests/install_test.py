"""`pip install` into a fresh environment, without network; the types, where mypy is installed."""
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PACKAGE = pathlib.Path(__file__).resolve().parents[1]

for module in ("pip", "venv", "ensurepip", "setuptools", "wheel", "websockets"):
    if importlib.util.find_spec(module) is None:
        print(f"skipped: the Python module {module} is missing (Debian: python3-venv, python3-pip,"
              " python3-setuptools, python3-wheel, python3-websockets)")
        sys.exit(77)


def run(*command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tickstock_install_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_pip_install(self):
        # A copy, for pip builds inside the folder.
        shutil.copytree(PACKAGE, self.folder / "python",
                        ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
        run(sys.executable, "-m", "venv", "--system-site-packages", "venv", folder=self.folder)
        python = str(self.folder / "venv" / "bin" / "python")
        run(python, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index",
            "--disable-pip-version-check", "./python", folder=self.folder)
        found = run(python, "-c", "import tickstock, pathlib, importlib.metadata as metadata\n"
                    "folder = pathlib.Path(tickstock.__file__).parent\n"
                    "print(folder, (folder / 'py.typed').exists(), metadata.version('tickstock'),"
                    " metadata.requires('tickstock'))", folder=self.folder)
        folder, typed, version, *requires = found.split(maxsplit=3)
        self.assertIn("site-packages", folder)
        self.assertEqual(typed, "True")
        self.assertIn("websockets", requires[0])
        project = (PACKAGE.parents[1] / "CMakeLists.txt").read_text()
        self.assertEqual(version, re.search(r"VERSION (\d+\.\d+\.\d+)", project).group(1))

    def test_types(self):
        mypy = shutil.which("mypy", path="/usr/bin")
        if mypy is None:
            self.skipTest("mypy is not installed")
        run(mypy, "--cache-dir", str(self.folder / "cache"), folder=PACKAGE)


if __name__ == "__main__":
    unittest.main()
