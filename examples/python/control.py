#!/usr/bin/env python3
"""Operates the microscope over HTTP: exposure, stage, live view, one image.

    python3 control.py
    python3 control.py --url https://microscope:8443 --token … --certificate coverslip.pem

Needs Python 3.9 or later and nothing else. The token must be an operator's. Whoever changes something while nobody
operates takes control by that; where somebody does, the server says who, and --take-control asks for it.
"""
import time

from coverslip import Coverslip, arguments


def main():
    parser = arguments("Operates the microscope over HTTP.")
    parser.add_argument("--take-control", action="store_true", help="ask whoever operates to hand over")
    options = parser.parse_args()
    microscope = Coverslip.of(options)

    session = microscope.get("/api/access/session")
    print(f"You are {session['caller']['label']} ({session['caller']['role']})")
    if options.take_control:
        take_control(microscope)

    camera = microscope.device("camera", options.camera)
    microscope.post("/api/devices/setProperty", deviceId=camera["id"], property="exposureMs", value=20)
    print(f"{camera['description']['name']} exposes 20 ms")

    stage = microscope.device("stage")
    before = stage["position"]
    there = microscope.post("/api/stage/move", deviceId=stage["id"], mode="relative", x=25, y=0)
    print(f"Stage: x {before['x']:.1f} -> {there['x']:.1f} um")
    microscope.post("/api/stage/move", deviceId=stage["id"], mode="absolute", x=before["x"], y=before["y"])

    started = microscope.post("/api/liveview/start", detectorName=camera["id"])
    print(f"Live view: {started['status']}")
    time.sleep(1.5)
    for stream in microscope.get("/api/liveview/diagnostics"):
        print(f"  {stream['protocol']}: camera {stream['camera']['fps']:.1f} frames/s")

    microscope.post("/api/access/releaseControl")


def take_control(microscope):
    answer = microscope.post("/api/access/takeControl")
    while answer["status"] == "asked":
        print(f"Asked {answer['holder']['label']} …")
        time.sleep(2)
        answer = microscope.post("/api/access/takeControl")


if __name__ == "__main__":
    main()
