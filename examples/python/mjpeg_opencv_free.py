#!/usr/bin/env python3
"""Watches a camera by MJPEG and keeps the JPEG files, without OpenCV or any other package.

    python3 mjpeg_opencv_free.py --frames 20 --folder /tmp/pictures

Needs Python 3.9 or later. A viewer's token is enough (--token). The stream starts with its first viewer where it does
not run, and ends with its last. A reader that is too slow gets fewer frames, always the newest.
"""
import pathlib
import time
from urllib.parse import quote

from coverslip import Coverslip, arguments


def parts(stream):
    """Headers and JPEG file of each part of a multipart/x-mixed-replace response."""
    while True:
        line = stream.readline()
        if not line:
            return
        if not line.startswith(b"--"):
            continue
        headers = {}
        while (line := stream.readline().strip()):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        yield headers, stream.read(int(headers["content-length"]))


def main():
    parser = arguments("Watches a camera by MJPEG.")
    parser.add_argument("--frames", type=int, default=100, help="how many to take")
    parser.add_argument("--folder", type=pathlib.Path, help="keep them here")
    options = parser.parse_args()
    path = "/api/mjpeg" + (f"/{quote(options.camera, safe='')}" if options.camera else "")
    with Coverslip.of(options).open(path) as stream:
        for count, (headers, jpeg) in enumerate(parts(stream), 1):
            age_ms = (time.time() - float(headers["x-timestamp"])) * 1000
            print(f"frame {headers['x-sequence']}: {len(jpeg)} bytes, {age_ms:.0f} ms after its exposure")
            if options.folder:
                options.folder.mkdir(parents=True, exist_ok=True)
                (options.folder / f"frame-{headers['x-sequence']}.jpg").write_bytes(jpeg)
            if count >= options.frames:
                break


if __name__ == "__main__":
    main()
