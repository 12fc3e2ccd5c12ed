"""Reads recordings of the test camera by tifffile and numpy: python3 recording-readable.py RECORDING...

Prints a JSON object per line: `frames`, how many the frame log names, and `wrong`, the places of those that are not in
the file with the pixels that the camera had delivered (each is the frame's number).
"""

import json
import pathlib
import sys

import numpy
import tifffile


def planes_of(camera):
    for path in camera.glob("*.ome.tiff"):
        with tifffile.TiffFile(path) as tiff:
            return [page.asarray() for page in tiff.pages]
    for path in camera.glob("*.raw"):
        about = json.loads(path.with_suffix(".json").read_text())["image"]
        count = path.stat().st_size // about["bytesPerFrame"]
        pixels = numpy.fromfile(path, about["dtype"], count * numpy.prod(about["shape"]))
        return list(pixels.reshape(-1, *about["shape"]))
    raise SystemExit(f"{camera}: no OME-TIFF and no raw file")


for folder in map(pathlib.Path, sys.argv[1:]):
    camera = folder / "camera"
    lines = (camera / "frames.jsonl").read_text().split("\n")[:-1]
    frames = [record for record in map(json.loads, lines) if record["kind"] == "frame"]
    planes = planes_of(camera)
    wrong = [
        frame["place"]
        for frame in frames
        if frame["place"] >= len(planes)
        or not (planes[frame["place"]] == frame["sequence"] % 4096).all()
    ]
    print(json.dumps({"frames": len(frames), "wrong": wrong}), flush=True)
