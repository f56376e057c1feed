#!/usr/bin/python3
"""tickstock token: what it makes is checked here by code that shares nothing with it."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import stat
import subprocess
import tempfile
import threading
import time
import unittest

BINARY = os.environ["TICKSTOCK_BINARY"]


def run(*arguments, stdin="", **variables):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TICKSTOCK_")}
    return subprocess.run([BINARY, "token", *map(str, arguments)], input=stdin, capture_output=True,
                          text=True, timeout=60, env={**clean, **variables})


def decode(segment):
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def parts_of(token):
    header, payload, signature = token.split(".")
    return json.loads(decode(header)), json.loads(decode(payload)), decode(signature)


class Tokens(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.data = self.path / "data"
        self.data.mkdir()
        self.secret = self.path / "secret"
        self.assertEqual(run("secret", "--out", self.secret).returncode, 0)
        self.settings = ["--data", self.data, "--set", "auth.jwt_algorithm=HS256",
                         "--set", f"auth.jwt_key_file={self.secret}"]

    def tearDown(self):
        self.folder.cleanup()

    def mint(self, *more):
        result = run("mint", "--user", "alice", "--role", "trader", *self.settings, *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def key(self, *more):
        result = run("key", "--user", "bob", "--role", "viewer", *self.settings, *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def verify(self, text, *more):
        result = run("verify", *self.settings, *more, stdin=text + "\n")
        return result.returncode, result.stdout

    def test_a_secret_is_private_random_and_never_replaced(self):
        text = self.secret.read_text()
        self.assertEqual(stat.S_IMODE(self.secret.stat().st_mode), 0o600)
        self.assertEqual(len(decode(text.strip())), 32)
        again = run("secret", "--out", self.secret)
        self.assertEqual(again.returncode, 1)
        self.assertIn("File exists", again.stderr)
        self.assertEqual(self.secret.read_text(), text)

    def test_a_token_is_a_jwt_that_others_can_check(self):
        before = int(time.time())
        token = self.mint("--ttl", "90s", "--audience", "tickstock", "--issuer", "desk")
        header, payload, signature = parts_of(token)
        self.assertEqual(header, {"alg": "HS256", "typ": "JWT"})
        expected = hmac.new(self.secret.read_text().strip().encode(), token.rpartition(".")[0].encode(),
                            hashlib.sha256).digest()
        self.assertEqual(signature, expected)
        self.assertEqual({k: payload[k] for k in ("sub", "role", "aud", "iss")},
                         {"sub": "alice", "role": "trader", "aud": "tickstock", "iss": "desk"})
        self.assertIn(payload["iat"], range(before, before + 60))
        self.assertEqual(payload["exp"], payload["iat"] + 90)
        self.assertNotEqual(payload["jti"], parts_of(self.mint())[1]["jti"])

    def test_verify_says_who_or_why_not(self):
        token = self.mint()
        code, text = self.verify(token)
        self.assertEqual(code, 0)
        self.assertRegex(text, r"user +alice\nrole +trader\n")
        self.assertRegex(text, r"expires +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n")
        self.assertEqual(self.verify(token[:-3]), (1, "not accepted: bad_signature\n"))
        self.assertEqual(self.verify(""), (1, "not accepted: missing\n"))
        self.assertEqual(self.verify(token, "--set", "auth.jwt_audience=desk"),
                         (1, "not accepted: wrong_audience\n"))
        self.assertEqual(self.verify(self.mint("--audience", "desk"), "--set", "auth.jwt_audience=desk")[0], 0)
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        self.assertEqual(self.verify(f"{unsigned}.{token.split('.')[1]}."),
                         (1, "not accepted: algorithm_not_allowed\n"))

    def test_the_secret_may_come_from_the_environment_and_is_never_shown(self):
        canary = "canary-0123456789-0123456789-0123456789"
        algorithm = ("--set", "auth.jwt_algorithm=HS256", "--data", self.data)
        made = run("mint", "--user", "a", "--role", "viewer", *algorithm, TICKSTOCK_JWT_KEY=canary)
        self.assertEqual(made.returncode, 0, made.stderr)
        checked = run("verify", *algorithm, stdin=made.stdout, TICKSTOCK_JWT_KEY=canary)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        show = subprocess.run([BINARY, "config", "show"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "TICKSTOCK_JWT_KEY": canary})
        for result in (made, checked, show):
            self.assertNotIn(canary, result.stdout + result.stderr)

    def test_a_secret_that_others_may_read_is_refused(self):
        self.secret.chmod(0o640)
        result = run("mint", "--user", "a", "--role", "viewer", *self.settings)
        self.assertEqual(result.returncode, 2)
        self.assertIn("mode 0640: its group or others have access", result.stderr)

    def test_rotation_by_kid(self):
        other = self.path / "other"
        self.assertEqual(run("secret", "--out", other).returncode, 0)
        old = ["--set", f"auth.jwt_key_file=old={self.secret}"]
        both = ["--set", f"auth.jwt_key_file=new={other},old={self.secret}"]
        token = self.mint(*old)
        self.assertEqual(parts_of(token)[0]["kid"], "old")
        self.assertEqual(parts_of(self.mint(*both))[0]["kid"], "new")
        self.assertEqual(self.verify(token, *both)[0], 0)
        self.assertEqual(self.verify(token, "--set", f"auth.jwt_key_file=new={other}"),
                         (1, "not accepted: unknown_key\n"))

    def test_private_keys_sign_and_public_keys_verify(self):
        for algorithm, options in (("RS256", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
                                   ("EdDSA", ["-algorithm", "ED25519"])):
            private, public = self.path / f"{algorithm}.pem", self.path / f"{algorithm}.pub"
            try:
                subprocess.run(["openssl", "genpkey", *options, "-out", private], check=True, capture_output=True)
                subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
            except FileNotFoundError:
                self.skipTest("no openssl command")
            private.chmod(0o600)
            settings = ["--set", f"auth.jwt_algorithm={algorithm}", "--set", f"auth.jwt_key_file={public}"]
            token = self.mint(*settings, "--key-file", private)
            self.assertEqual(parts_of(token)[0]["alg"], algorithm)
            self.assertEqual(self.verify(token, *settings)[0], 0)
            self.assertEqual(self.verify(self.mint(), *settings), (1, "not accepted: algorithm_not_allowed\n"))
            no_key = run("mint", "--user", "a", "--role", "viewer", *settings)
            self.assertEqual(no_key.returncode, 2)
            self.assertIn("needs --key-file with the private key in PEM", no_key.stderr)

    def test_api_keys_live_and_end(self):
        key = self.key("--note", "for the desk", "--expires", "90d")
        self.assertRegex(key, r"^tsk_[A-Za-z0-9_-]{12}_[A-Za-z0-9_-]{43}$")
        key_id, secret = key[4:16], key[17:]
        keys = self.data / "api_keys.json"
        self.assertEqual(stat.S_IMODE(keys.stat().st_mode), 0o600)
        self.assertNotIn(secret, keys.read_text())
        entry, = json.loads(keys.read_text())["keys"]
        self.assertEqual(entry["sha256"], hashlib.sha256(secret.encode()).hexdigest())
        self.assertEqual(entry["expires"], entry["created"] + 90 * 86400)
        code, text = self.verify(key)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"user +bob\nrole +viewer\nkind +API key\n")
        listed = run("list", *self.settings)
        self.assertRegex(listed.stdout, rf"1 API key in .*\n  {key_id}  good +viewer +bob +.*for the desk\n")
        self.assertNotIn(secret, listed.stdout)
        self.assertEqual(run("revoke", key_id, *self.settings).returncode, 0)
        self.assertEqual(self.verify(key), (1, "not accepted: revoked\n"))
        self.assertRegex(run("list", *self.settings).stdout, rf"{key_id}  revoked")
        unknown = run("revoke", "nobodys_key1", *self.settings)
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("holds no key nobodys_key1", unknown.stderr)

    def test_keys_made_at_once_are_all_there(self):
        made = []
        threads = [threading.Thread(target=lambda: made.append(self.key())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        listed = run("list", *self.settings).stdout
        self.assertEqual(len({key[4:16] for key in made}), 8)
        for key in made:
            self.assertIn(key[4:16], listed)

    def test_errors_name_what_is_accepted(self):
        for arguments, expected in (
                (("mint", "--user", "a b", "--role", "viewer"), "--user: accepted are 1 to 64"),
                (("key", "--user", "a", "--role", "root"), "--role root: accepted are viewer, trader, admin"),
                (("mint", "--user", "a", "--role", "viewer", "--ttl", "1w"), "--ttl 1w: accepted is a number"),
                (("key", "--user", "a", "--role", "viewer", "--expires", "0d"), "--expires 0d: accepted is"),
                (("key", "--user", "a", "--role", "viewer", "--note", "x\x1b[2J"), "--note: accepted are"),
                (("mint", "--user", "a", "--role", "viewer", "--algorithm", "none"),
                 "--algorithm none: accepted are HS256, RS256, EdDSA")):
            result = run(*arguments, *self.settings)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(expected, result.stderr)
        self.assertEqual(run("mint", "--user", "a").returncode, 2)
        bare = run("mint", "--user", "a", "--role", "viewer", "--data", self.data)
        self.assertEqual(bare.returncode, 2)
        self.assertIn("there is no key; accepted is one in auth.jwt_key_file", bare.stderr)


if __name__ == "__main__":
    unittest.main()
