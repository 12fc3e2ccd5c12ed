"""Opens OME-TIFF files by tifffile and prints what it finds, file by file: python3 ome-tiff-odd.py FILE..."""

import hashlib
import itertools
import json
import sys

import tifffile


def images_of(series):
    pixels = series.asarray()
    inner = 3 if series.axes.endswith("S") else 2
    # tifffile leaves out axes of length one.
    places = itertools.product(*[range(size) for size in pixels.shape[:-inner]])
    return [hashlib.sha256(pixels[place].tobytes()).hexdigest() for place in places]


for path in sys.argv[1:]:
    with tifffile.TiffFile(path) as tiff:
        plates = tifffile.xml2dict(tiff.ome_metadata)["OME"].get("Plate")
        wells = plates["Well"] if plates else []
        print(
            json.dumps(
                {
                    "axes": [series.axes for series in tiff.series],
                    "images": [images_of(series) for series in tiff.series],
                    "wells": [[well["Row"], well["Column"]] for well in wells],
                }
            )
        )
