"""Everything over TLS: pages, WebSocket and SSE; what is refused; a new certificate at SIGHUP."""
import asyncio
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

from support import (PATIENCE, NativeClient, Server, binary, replay_server, replayed_bodies,
                     websockets, write_small_file)

if not shutil.which("openssl"):
    print("skipped: the program openssl is not installed")
    sys.exit(77)


def make_certificate(folder, name="localhost", days="2"):
    """(certificate, key) of a self-signed certificate."""
    certificate, key = str(folder / f"{name}.pem"), str(folder / f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", days, "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    os.chmod(key, 0o600)
    return certificate, key


def settings(certificate, key):
    return ("--set", f"server.tls_certificate_file={certificate}",
            "--set", f"server.tls_key_file={key}")


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tickstock_tls_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.certificate, cls.key = make_certificate(cls.folder)
        cls.path = write_small_file(cls.folder)
        cls.server = replay_server(cls.path, *settings(cls.certificate, cls.key))
        cls.addClassCleanup(cls.server.__exit__)
        cls.context = ssl.create_default_context(cafile=cls.certificate)

    def https(self, context=None):
        return http.client.HTTPSConnection("localhost", self.server.port, timeout=PATIENCE,
                                           context=context or self.context)

    def page(self, target):
        connection = self.https()
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def wait_for_end(self):
        for _ in range(PATIENCE * 20):
            sources = json.loads(self.page("/api/v1/status")[1]).get("sources")
            if sources and all(one["state"] == "ended" for one in sources):
                return
            time.sleep(0.05)
        self.fail("the input did not end")

    def test_pages_and_keep_alive(self):
        connection = self.https()
        for _ in range(3):
            connection.request("GET", "/healthz")
            response = connection.getresponse()
            self.assertEqual((response.status, response.read()), (200, b"ok\n"))
        connection.close()

    def test_every_event_by_websocket(self):
        expected = replayed_bodies(self.path)
        self.wait_for_end()

        async def follow():
            async with websockets.connect(f"wss://localhost:{self.server.port}/ws",
                                          ssl=self.context, max_size=None) as plain:
                client = NativeClient(plain)
                epoch = json.loads(self.page("/api/v1/status")[1])["epoch"]
                await client.subscribe(since={"epoch": epoch, "offset": 0})
                await client.follow_to(len(expected))
                self.assertEqual(client.events, list(enumerate(expected, 1)))

        asyncio.run(follow())

    def test_server_sent_events(self):
        connection = self.https()
        connection.request("GET", "/api/v1/events/stream")
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        self.assertTrue(response.readline().startswith(b"retry:"))
        connection.close()

    def test_own_origin_is_https(self):
        headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        for origin, status in ((f"https://localhost:{self.server.port}", 101),
                               (f"http://localhost:{self.server.port}", 403)):
            connection = self.https()
            connection.request("GET", "/ws", headers={**headers, "Origin": origin})
            self.assertEqual(connection.getresponse().status, status, origin)
            connection.close()

    def test_old_versions_and_plain_text_get_nothing(self):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)):
            self.https(old).connect()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertNotIn(b"200", plain.recv(1000))
        self.assertEqual(self.page("/healthz")[0], 200)

    def test_only_authenticated_encryption(self):
        for suite, good in (("ECDHE-ECDSA-AES128-GCM-SHA256", True),
                            ("ECDHE-ECDSA-AES128-SHA", False), ("AES256-SHA", False)):
            context = ssl.create_default_context(cafile=self.certificate)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(suite)
            connection = self.https(context)
            if good:
                connection.connect()
                connection.close()
            else:
                with self.assertRaises((ssl.SSLError, OSError), msg=suite):
                    connection.connect()

    def test_a_new_certificate_at_sighup(self):
        folder = self.folder / "rotated"
        folder.mkdir()
        certificate, key = make_certificate(folder)
        with Server("--source", "replay", "--file", self.path, "--no-loop",
                    *settings(certificate, key)) as server:
            def shown():
                return ssl.get_server_certificate(("127.0.0.1", server.port))
            before = shown()
            idle = ssl.create_default_context(cafile=certificate).wrap_socket(
                socket.create_connection(("127.0.0.1", server.port)), server_hostname="localhost")
            pathlib.Path(certificate).write_text("no certificate")
            server.process.send_signal(signal.SIGHUP)
            self.until(lambda: any("stays as it was" in line for line in server.lines))
            self.assertEqual(shown(), before)
            make_certificate(folder)
            server.process.send_signal(signal.SIGHUP)
            self.until(lambda: shown() != before)
            # Whoever was connected stays.
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b"200", idle.recv(1000))
            idle.close()

    def until(self, holds):
        for _ in range(PATIENCE * 20):
            if holds():
                return
            time.sleep(0.05)
        self.fail("it did not come about")

    def refused(self, *arguments):
        result = subprocess.run(
            [binary(), "serve", "--port", "0", "--data", str(self.folder / "refused"), *arguments],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 2, result.stderr)
        return result.stderr

    def test_bad_files_are_named(self):
        open_key = self.folder / "open.key"
        shutil.copy(self.key, open_key)
        os.chmod(open_key, 0o644)
        self.assertIn(str(open_key), self.refused(*settings(self.certificate, open_key)))
        self.assertIn("tls_certificate_file", self.refused(*settings("/nonexistent", self.key)))
        other = make_certificate(self.folder, "other")[1]
        self.assertIn("tls_key_file", self.refused(*settings(self.certificate, other)))
        rsa = str(self.folder / "rsa.key")
        subprocess.run(["openssl", "genrsa", "-out", rsa, "2048"], check=True, capture_output=True)
        os.chmod(rsa, 0o600)
        self.assertIn("tls_key_file", self.refused(*settings(self.certificate, rsa)))
        self.assertIn("both or none", self.refused(
            "--set", f"server.tls_certificate_file={self.certificate}"))

    def test_another_address_needs_both(self):
        self.assertIn("auth.mode = required", self.refused(
            "--set", "server.address=0.0.0.0", *settings(self.certificate, self.key)))
        self.assertIn("server.allow_plain_remote", self.refused(
            "--set", "server.address=0.0.0.0", "--set", "auth.mode=required"))


if __name__ == "__main__":
    unittest.main()
