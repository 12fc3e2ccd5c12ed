"""An RTSP server of GStreamer's with two live pictures: colour bars as H.264 (/h264) and a moving ball as JPEG (/jpeg).

Listens on 127.0.0.1 only, on a free port, which it prints. Arguments: user name and password, where it wants them.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

Gst.init(None)
# RTP carries JPEG of 4:2:0 and 4:2:2 only (RFC 2435).
source = "videotestsrc is-live=true pattern={} ! video/x-raw,format=I420,width=160,height=120,framerate=30/1"
encoders = {
    "h264": ("smpte100", "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96"),
    "jpeg": ("ball", "jpegenc ! rtpjpegpay name=pay0 pt=26"),
}

server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service("0")

if len(sys.argv) > 1:
    auth = GstRtspServer.RTSPAuth.new()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(sys.argv[1], sys.argv[2]), token)
    server.set_auth(auth)

for path, (pattern, encoder) in encoders.items():
    factory = GstRtspServer.RTSPMediaFactory.new()
    factory.set_launch("( " + source.format(pattern) + " ! " + encoder + " )")
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("user", "media.factory.access", True)
    permissions.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/" + path, factory)

server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
