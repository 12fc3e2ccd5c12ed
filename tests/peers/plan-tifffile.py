"""Opens OME-TIFF files of a plan by tifffile and prints what it finds: python3 plan-tifffile.py FILE..."""

import hashlib
import itertools
import json
import sys

import tifffile


def about(path):
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        images = series.asarray()
        pixels = tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]["Pixels"]
        places = itertools.product(*[range(size) for size in images.shape[:-2]])
        return {
            "axes": series.axes,
            "shape": list(images.shape),
            "planes": [hashlib.sha256(images[place].tobytes()).hexdigest() for place in places],
            "channels": [channel["Name"] for channel in pixels["Channel"]],
            "zStepUm": pixels["PhysicalSizeZ"],
            "timeStepS": pixels["TimeIncrement"],
        }


print(json.dumps([about(path) for path in sys.argv[1:]]))
