"""Writes TIFF files of many kinds by tifffile into FOLDER, and prints what is in them: python3 gallery-tifffile.py FOLDER

For each file: axes in the order of the planes, their lengths, and the SHA-256 of each plane's pixels (little endian).
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
import tifffile

folder = Path(sys.argv[1])
random = numpy.random.default_rng(5)
files = []


def pixels(shape, dtype="uint16"):
    return random.integers(0, numpy.iinfo(dtype).max, shape, dtype=dtype)


def write(name, data, axes, samples=1, **options):
    tifffile.imwrite(folder / name, data, **options)
    shape = data.shape[: len(axes)]
    planes = data.reshape(-1, *data.shape[len(axes) :])
    little = planes.astype(planes.dtype.newbyteorder("<"))
    files.append(
        {
            "name": name,
            "sizes": dict(zip(axes, shape)),
            "hashes": [hashlib.sha256(plane.tobytes()).hexdigest() for plane in little],
        }
    )


ome = {"axes": "TZCYX", "PhysicalSizeX": 250, "PhysicalSizeXUnit": "nm", "TimeIncrement": 0.5}
channels = {"Channel": {"Name": ["DAPI", "GFP"]}}
write("tzc.ome.tif", pixels((3, 2, 2, 40, 50)), "tzc", metadata={**ome, **channels})
write("ctz.ome.tif", pixels((2, 3, 4, 20, 30), "uint8"), "ctz", metadata={"axes": "CTZYX"})
write("tiled.ome.tif", pixels((3, 100, 130)), "t", tile=(32, 48), metadata={"axes": "TYX"})
write("deflate.ome.tif", pixels((3, 60, 70)), "z", compression="zlib", metadata={"axes": "ZYX"})
write("big.ome.tif", pixels((3, 60, 70)), "t", bigtiff=True, byteorder=">", metadata={"axes": "TYX"})
write("rgb.ome.tif", pixels((2, 30, 40, 3), "uint8"), "t", photometric="rgb", metadata={"axes": "TYXS"})
write("imagej.tif", pixels((2, 3, 2, 25, 35)), "tzc", imagej=True, metadata={"axes": "TZCYX", "unit": "um"}, resolution=(4, 4))
write("pages.tif", pixels((5, 25, 35), "uint8"), "t", photometric="minisblack")
write("rgb.tif", pixels((30, 40, 3), "uint8")[None], "t", photometric="rgb")
write("rows.tif", pixels((2, 33, 40)), "t", rowsperstrip=7, photometric="minisblack")

# Numbers that no camera has come as float32, whatever they were.
reals = [f"{kind}{8 * size}" for kind, size in [("int", 1), ("int", 2), ("int", 4), ("uint", 4), ("float", 2), ("float", 4), ("float", 8)]]
for dtype in reals:
    for order, ending in [("<", "little"), (">", "big")]:
        data = random.normal(0, 1e4, (2, 31, 45)).astype(dtype) if dtype.startswith("float") else pixels((2, 31, 45), dtype)
        name = f"{dtype}-{ending}.tif"
        tifffile.imwrite(folder / name, data, byteorder=order, photometric="minisblack", rowsperstrip=10)
        hashes = [hashlib.sha256(plane.astype("<f4").tobytes()).hexdigest() for plane in data]
        files.append({"name": name, "sizes": {"t": 2}, "hashes": hashes})

# Masks: one bit for each pixel, rows of whole bytes.
masks = random.random((2, 31, 45)) < 0.3
tifffile.imwrite(folder / "mask.tif", masks, photometric="minisblack", rowsperstrip=10)
hashes = [hashlib.sha256(mask.astype("uint8").tobytes()).hexdigest() for mask in masks]
files.append({"name": "mask.tif", "sizes": {"t": 2}, "hashes": hashes})

colours = numpy.stack([128 + 90 * numpy.sin(numpy.mgrid[0:203, 0:307][1] / period) for period in (11, 17, 29)], -1)
tifffile.imwrite(folder / "colours.tif", colours.astype("uint8"), photometric="rgb")
tifffile.imwrite(folder / "greys.tif", colours[..., 0].astype("uint8"), photometric="minisblack")

whole = pixels((64, 96))
with tifffile.TiffWriter(folder / "pyramid.ome.tif") as tiff:
    tiff.write(whole, subifds=2, tile=(32, 32), metadata={"axes": "YX"})
    tiff.write(whole[::2, ::2], subfiletype=1, tile=(32, 32))
    tiff.write(whole[::4, ::4], subfiletype=1, tile=(32, 32))
levels = [hashlib.sha256(numpy.ascontiguousarray(whole[::step, ::step]).tobytes()).hexdigest() for step in (1, 2, 4)]

print(json.dumps({"files": files, "levels": levels}))
