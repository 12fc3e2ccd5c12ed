"""Opens an OME-TIFF by tifffile and prints what it finds: python3 recording-tifffile.py FILE"""

import hashlib
import json
import sys

import tifffile

with tifffile.TiffFile(sys.argv[1]) as tiff:
    series = tiff.series[0]
    pixels = series.asarray()
    metadata = tifffile.xml2dict(tiff.ome_metadata)["OME"]
    image = metadata["Image"]
    planes = image["Pixels"]["Plane"]
    planes = planes if isinstance(planes, list) else [planes]
    print(
        json.dumps(
            {
                "bigtiff": tiff.is_bigtiff,
                "axes": series.axes,
                "shape": list(series.shape),
                "dtype": str(pixels.dtype),
                "planes": [
                    hashlib.sha256(plane.tobytes()).hexdigest() for plane in pixels
                ],
                "pixelSizeUm": image["Pixels"].get("PhysicalSizeX"),
                "deltaT": [plane["DeltaT"] for plane in planes],
                "exposure": [plane["ExposureTime"] for plane in planes],
            }
        )
    )
