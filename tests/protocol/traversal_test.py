"""No path leaves the dashboard's folder (RELIABILITY, row 32): a real folder with a secret beside
it, a link to it inside and a hidden file, and every way to write `..` that servers have fallen
for."""
import os
import pathlib
import sys
import tempfile

from server_process import Server
from wsraw import Connection, request

SECRET = b"the-secret-beside-the-dashboard"


def make_site(root):
    """root/web is served; root/secret.txt must never be."""
    web = pathlib.Path(root) / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html><title>fine</title>")
    (web / "assets" / "app.js").write_text("'fine'")
    for place in (pathlib.Path(root) / "secret.txt", web / ".env", web / "assets" / ".hidden"):
        place.write_bytes(SECRET)
    (web / ".git").mkdir()
    (web / ".git" / "config").write_bytes(SECRET)
    os.symlink(pathlib.Path(root) / "secret.txt", web / "link.txt")
    os.symlink(root, web / "up")
    os.symlink("/etc/passwd", web / "passwd")
    return str(web)


def targets(root):
    dots = ["..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "..;", "%252e%252e", "%c0%ae%c0%ae",
            "%e0%80%ae%e0%80%ae", "%uff0e%uff0e", "..%00", "....", "...", "..%20", "..%09", "..%ff",
            "%ef%bc%8e%ef%bc%8e", ".%00."]
    slashes = ["/", "%2f", "%2F", "%5c", "\\", "%252f", "%c0%af", "//", "/./", "%2f%2f",
               "%e2%88%95", "%u2215"]
    several = [f"/{dot}/secret.txt" for dot in dots]
    several += [f"/..{slash}secret.txt" for slash in slashes]
    several += [f"/assets/..{slash}..{slash}secret.txt" for slash in slashes]
    several += [f"/assets{slash}..{slash}..{slash}secret.txt" for slash in ("%2f", "%5c", "\\")]
    several += ["/" + "../" * deep + "etc/passwd" for deep in (1, 3, 8, 40)]
    several += ["/" + "%2e%2e%2f" * deep + "etc/passwd" for deep in (3, 8)]
    several += [
        "/link.txt", "/up/secret.txt", "/up/web/index.html", "/passwd", "/.env", "/.git/config",
        "/assets/.hidden", "/%2eenv", "/.git%2fconfig", f"{root}/secret.txt",
        f"/{root}/secret.txt", f"//{root}/secret.txt", "/etc/passwd", "//etc/passwd",
        "/file:///etc/passwd", "/%00", "/index.html%00", "/index.html%00.js", "/secret.txt%00.html",
        "/index.html/", "/index.html/..", "/index.html/../../secret.txt", "/assets", "/assets/",
        "/assets/.", "/assets/..", "/./index.html", "//index.html", "/assets//app.js",
        "/assets/./app.js", "/assets/../index.html", "/index.html;a=b", "/INDEX.HTML",
        "/index.html%20", "/index.html.", "/%", "/%2", "/%zz", "/%%32%65", "/..%c0%afsecret.txt",
        "/?../../secret.txt/../x%zz", "/proc/self/environ", "/proc/self/cmdline", "/dev/stdin",
        "/~root/", "/C:/windows/win.ini", "/con", "/index.html::$DATA",
    ]
    return list(dict.fromkeys(several))


def main():
    faults = []
    with tempfile.TemporaryDirectory(prefix="tickstock_site_") as root:
        with Server(web=make_site(root)) as server:
            def get(target):
                with Connection(server.port) as connection:
                    connection.send(request(target, host=f"127.0.0.1:{server.port}"))
                    return connection.reply()

            for fine in ("/", "/index.html", "/assets/app.js", "/assets/app%2ejs", "/index.html?x"):
                if get(fine).status != 200 or b"fine" not in get(fine).body:
                    faults.append(f"{fine}: {get(fine)}")
            asked = targets(root)
            for target in asked:
                reply = get(target)
                if reply is None or reply.status not in (400, 404):
                    faults.append(f"{target}: {reply.status if reply else None}, not 404")
                elif SECRET in reply.body or b"root:" in reply.body:
                    faults.append(f"{target}: tells what is in a file")
                elif reply.status == 400 and "\\" not in target:
                    faults.append(f"{target}: 400, not 404")
    print(f"{len(asked)} targets, {len(faults)} faults")
    for fault in faults:
        print("  " + fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
