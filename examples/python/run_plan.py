#!/usr/bin/env python3
"""Runs a plan (channels, a stack, time points) over HTTP, follows it, and opens what it has taken.

    python3 run_plan.py --data ~/.local/share/coverslip
    python3 run_plan.py --plan experiment.yaml --data …

--data is Coverslip's data folder, where this computer can see it; without it the images are not opened. Needs Python
3.9 or later, and python3-tifffile to open the images. A plan file is one of useq-schema (pymmcore-plus), JSON or YAML.
"""
import time
from pathlib import Path

from coverslip import Coverslip, arguments

DEMO = {
    "axis_order": "tcz",
    "channels": [{"config": "DAPI", "exposure": 10}, {"config": "GFP", "exposure": 20}],
    "z_plan": {"range": 4, "step": 2},
    "time_plan": {"interval": 1, "loops": 3},
}


def main():
    parser = arguments("Runs a plan and opens what it has taken.")
    parser.add_argument("--plan", type=Path, help="file of useq-schema; default: a small one for the demo microscope")
    parser.add_argument("--data", type=Path, help="Coverslip's data folder")
    options = parser.parse_args()
    microscope = Coverslip.of(options)

    request = {"plan": plan_of(microscope, options.plan), "storage": {"format": "ome-tiff"}}
    if options.camera:
        request["detectorNames"] = [options.camera]
    estimate = microscope.post("/api/acquisition/estimate", **request)
    for remark in estimate["problems"] + estimate["warnings"]:
        print(f"{remark['path'] or 'The plan'}: {remark['message']}")
    if estimate["problems"]:
        raise SystemExit("The plan cannot be run.")
    print(f"{estimate['frames']} images, {estimate['durationS']:.0f} s, {estimate['bytes'] / 1e6:.0f} MB")

    status = microscope.post("/api/acquisition/start", **request)
    while status["state"] != "finished":
        time.sleep(0.5)
        status = microscope.get("/api/acquisition/status")
        left = f", {status['secondsLeft']:.0f} s left" if "secondsLeft" in status else ""
        print(f"{status['state']}: {status['events']['done']} of {status['events']['total']}{left}")
    print(f"{status['finish']['reason']}: {status['frames']['written']} images in {status['id']}")

    if options.data:
        for path in sorted((options.data / status["id"]).glob("*/*.ome.tiff")):
            show(path)


def plan_of(microscope, path):
    """The plan to run; the server reads files, as it knows every way of writing one."""
    if path is None:
        return DEMO
    read = microscope.post("/api/plans/read", text=path.read_text(encoding="utf-8"))
    for warning in read["warnings"]:
        print(f"{warning['path']}: {warning['message']}")
    return read["plan"]


def show(path):
    import tifffile

    with tifffile.TiffFile(path) as tiff:
        for series in tiff.series:
            images = series.asarray()
            print(f"{path.name}: {series.axes} {images.shape} {images.dtype}, mean {images.mean():.1f}")


if __name__ == "__main__":
    main()
