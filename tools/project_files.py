"""The files of the project as the checks see them: known to git or new, never ignored or built."""
import pathlib
import subprocess

SKIPPED = {"build", "node_modules", "dist", ".git", "__pycache__"}


def project_files(root):
    root = pathlib.Path(root).resolve()
    try:
        listing = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"],
            check=True, capture_output=True).stdout.decode()
        paths = [root / name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive: no git here
        paths = [path for path in root.rglob("*")
                 if not SKIPPED & set(path.relative_to(root).parts)]
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def text_of(path):
    """The file's text, or None when it is binary."""
    data = path.read_bytes()
    if b"\0" in data[:8192]:
        return None
    return data.decode("utf-8", errors="replace")
