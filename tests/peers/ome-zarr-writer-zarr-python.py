"""Writes an OME-Zarr 0.4 (Zarr v2) by Debian's zarr and numcodecs: python3 ome-zarr-writer-zarr-python.py FOLDER COMPRESSOR

Prints the SHA-256 of each plane (t, c, z) of each level, 16 bits little endian.
"""

import hashlib
import json
import sys

import numcodecs
import numpy
import zarr

COMPRESSORS = {
    "none": None,
    "blosc-lz4-bitshuffle": numcodecs.Blosc("lz4", 5, numcodecs.Blosc.BITSHUFFLE),
    "blosc-zstd-shuffle": numcodecs.Blosc("zstd", 3, numcodecs.Blosc.SHUFFLE),
    "zlib": numcodecs.Zlib(1),
    "gzip": numcodecs.GZip(1),
    "zstd": numcodecs.Zstd(3),
    "lz4": numcodecs.LZ4(),
}

folder, name = sys.argv[1:]
big_endian = name == "none"
random = numpy.random.default_rng(7)
whole = random.poisson(300, (2, 2, 3, 37, 53)).astype(">u2" if big_endian else "<u2")
store = zarr.NestedDirectoryStore(folder)
group = zarr.group(store)
hashes = []
for level in range(2):
    pixels = whole[..., :: 2**level, :: 2**level]
    group.create_dataset(
        str(level),
        data=pixels,
        # Chunks of several planes, that do not divide the image.
        chunks=(1, 1, 2, 16, 20),
        compressor=COMPRESSORS[name],
        order="F" if name == "zlib" else "C",
        dimension_separator="/",
        overwrite=True,
    )
    planes = pixels.astype("<u2").reshape(-1, *pixels.shape[3:])
    hashes.append([hashlib.sha256(plane.tobytes()).hexdigest() for plane in planes])
axes = [("t", "time", "millisecond"), ("c", "channel", None), ("z", "space", "nanometer")]
axes += [("y", "space", "micrometer"), ("x", "space", "micrometer")]
group.attrs["multiscales"] = [
    {
        "version": "0.4",
        "name": "foreign",
        "axes": [
            {"name": n, "type": t, **({"unit": u} if u else {})} for n, t, u in axes
        ],
        "datasets": [
            {
                "path": str(level),
                "coordinateTransformations": [
                    {"type": "scale", "scale": [1, 1, 500, 0.5 * 2**level, 0.5 * 2**level]}
                ],
            }
            for level in range(2)
        ],
        # Times all levels.
        "coordinateTransformations": [{"type": "scale", "scale": [250, 1, 1, 1, 1]}],
    }
]
group.attrs["omero"] = {
    "channels": [
        {"label": "DAPI", "color": "0000FF", "window": {"start": 100, "end": 900, "min": 0, "max": 65535}},
        {"label": "GFP", "color": "00FF00", "window": {"start": 0, "end": 500, "min": 0, "max": 65535}},
    ]
}
print(json.dumps(hashes))
