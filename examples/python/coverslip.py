"""What the other examples share: calls of Coverslip's HTTP API, with the standard library only."""
import argparse
import json
import os
import ssl
import urllib.error
import urllib.request


def arguments(description):
    """The options that all examples have; add your own, then parse."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--url", default="http://127.0.0.1:8001", help="address of Coverslip")
    parser.add_argument("--token", default=os.environ.get("COVERSLIP_TOKEN", ""),
                        help="access token: what follows #token= in a link (or set COVERSLIP_TOKEN)")
    parser.add_argument("--camera", help="id or name; default: the first")
    parser.add_argument("--certificate", help="PEM file of the server's self-signed certificate, to trust it")
    return parser


class Refused(SystemExit):
    """What the server says is wrong; ends a script with that on its last line where nobody catches it."""


class Coverslip:
    def __init__(self, url, token="", certificate=None):
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.tls = ssl.create_default_context(cafile=certificate) if url.startswith("https") else None

    @classmethod
    def of(cls, options):
        return cls(options.url, options.token, options.certificate)

    def open(self, path, body=None, method=None):
        """The HTTP response, open; raises Refused with what the server says is wrong."""
        data = None if body is None else json.dumps(body).encode()
        headers = self.headers | ({} if data is None else {"Content-Type": "application/json"})
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            return urllib.request.urlopen(request, context=self.tls, timeout=30)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                answer = json.loads(text)
                message, hint = answer["message"], answer.get("data", {}).get("hint", "")
            except (ValueError, KeyError):
                message, hint = text, ""
            raise Refused(f"{error.code}: {message} {hint}".strip()) from None

    def get(self, path):
        with self.open(path) as response:
            return json.load(response)

    def post(self, path, **body):
        with self.open(path, body) as response:
            text = response.read()
        return json.loads(text) if text else None

    def device(self, kind, name=None):
        """The first device of a kind (camera, stage, light, …), or the one of that id or name."""
        for device in self.get("/api/devices"):
            about = device["description"]
            if about["kind"] == kind and name in (None, device["id"], about["name"]):
                return device
        raise Refused(f"There is no {kind} {name or ''}".strip())
