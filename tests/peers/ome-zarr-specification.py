"""Reads an OME-Zarr 0.5 as its specifications say, by numpy and python3-zstandard alone, and prints what it finds.

    python3 ome-zarr-specification.py FOLDER

Zarr v3 core, sharding_indexed, bytes, transpose, zstd, crc32c (by Debian's zarr where that reads Zarr v3: 2.x does not).
"""

import hashlib
import json
import math
import pathlib
import sys

import numpy
import zstandard

MISSING = 2**64 - 1


def crc32c(data):
    """Castagnoli, bit by bit (RFC 3720)."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def read_json(folder):
    node = json.loads((folder / "zarr.json").read_text())
    assert node["zarr_format"] == 3
    return node


def decode(data, codecs, shape, dtype):
    order = list(range(len(shape)))
    for codec in reversed(codecs):
        if codec["name"] == "zstd":
            size = math.prod(shape) * dtype.itemsize
            data = zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
        elif codec["name"] == "bytes":
            assert dtype.itemsize == 1 or codec["configuration"]["endian"] == "little"
        elif codec["name"] == "transpose":
            order = codec["configuration"]["order"]
        else:
            raise ValueError(f"unknown codec {codec['name']}")
    stored = numpy.frombuffer(data, dtype).reshape([shape[axis] for axis in order])
    return stored.transpose(numpy.argsort(order))


def read_array(folder):
    array = read_json(folder)
    assert array["node_type"] == "array"
    shape = array["shape"]
    assert array["dimension_names"] == ["t", "c", "z", "y", "x"]
    outer = array["chunk_grid"]["configuration"]["chunk_shape"]
    (sharding,) = array["codecs"]
    assert sharding["name"] == "sharding_indexed"
    inner = sharding["configuration"]["chunk_shape"]
    assert all(o % i == 0 for o, i in zip(outer, inner))
    counts = [o // i for o, i in zip(outer, inner)]
    dtype = numpy.dtype(array["data_type"]).newbyteorder("<")
    pixels = numpy.full(shape, array["fill_value"], dtype)
    for place in numpy.ndindex(*[math.ceil(s / o) for s, o in zip(shape, outer)]):
        path = folder.joinpath("c", *map(str, place))
        if not path.exists():
            continue
        shard = path.read_bytes()
        index_bytes = 16 * math.prod(counts)
        stored = shard[-index_bytes - 4 : -4]
        assert crc32c(stored) == int.from_bytes(shard[-4:], "little"), path
        index = numpy.frombuffer(stored, "<u8").reshape(*counts, 2)
        for chunk in numpy.ndindex(*counts):
            offset, length = map(int, index[chunk])
            if offset == MISSING and length == MISSING:
                continue
            codecs = sharding["configuration"]["codecs"]
            part = decode(shard[offset : offset + length], codecs, inner, dtype)
            start = [p * o + c * i for p, o, c, i in zip(place, outer, chunk, inner)]
            where = tuple(slice(s, s + i) for s, i in zip(start, inner))
            room = pixels[where].shape
            pixels[where] = part[tuple(slice(0, side) for side in room)]
    return pixels


root = pathlib.Path(sys.argv[1])
ome = read_json(root)["attributes"]["ome"]
(multiscale,) = ome["multiscales"]
levels = [read_array(root / dataset["path"]) for dataset in multiscale["datasets"]]
# Colours last, as cameras deliver them: rows of pixels of one or three samples.
planes = levels[0].transpose(0, 2, 3, 4, 1).reshape(-1, *levels[0].shape[3:], levels[0].shape[1])
print(
    json.dumps(
        {
            "version": ome["version"],
            "axes": [axis["name"] for axis in multiscale["axes"]],
            "shapes": [list(level.shape) for level in levels],
            "planes": [hashlib.sha256(plane.tobytes()).hexdigest() for plane in planes],
            "means": [float(level.mean()) for level in levels],
        }
    )
)
