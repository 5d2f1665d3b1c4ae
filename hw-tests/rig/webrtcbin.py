"""A WebRTC peer made of GStreamer's webrtcbin: sound one way.

    webrtcbin.py ADDRESS publish HZ         says a tone, -16 dBov
    webrtcbin.py ADDRESS subscribe FILE     writes what it hears: S16LE, one channel, 8000 Hz

ADDRESS is ours, of the media.
Says on stdout, a JSON object a line: {"offer": SDP}, {"state": "connecting" …} of the peer connection, {"ice": …} of ICE,
{"failed": sentence}; takes {"answer": SDP} on stdin. Ends with stdin.
"""

import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("Nice", "0.1")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC, Nice

Gst.init(None)

# Level of the tones of all phones: 0 dBov is a full-scale square wave.
VOLUME = 2**0.5 * 10 ** (-16 / 20)
OPUS = "application/x-rtp,media=audio,encoding-name=OPUS,payload=96,clock-rate=48000,encoding-params=(string)2"
SPEAK = (
    "audiotestsrc is-live=true freq={hz} volume={volume} samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=1"
    " ! opusenc audio-type=voice bitrate=32000 inband-fec=true packet-loss-percentage=10 ! rtpopuspay pt=96 ! capsfilter caps=" + OPUS
)
LISTEN = (
    "rtpopusdepay ! opusdec plc=true use-inband-fec=true ! audioconvert ! audioresample"
    " ! audio/x-raw,format=S16LE,rate=8000,channels=1 ! filesink buffer-mode=unbuffered sync=false location={file}"
)


def say(**line):
    # In one piece: several threads say something.
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Peer:
    def __init__(self, address, role, argument):
        self.file = argument
        self.pipeline = Gst.Pipeline.new()
        self.peer = Gst.ElementFactory.make("webrtcbin")
        self.peer.set_property("bundle-policy", "max-bundle")
        self.pipeline.add(self.peer)
        # What got lost is told to the decoder, which repairs it.
        self.peer.get_by_name("rtpbin").set_property("do-lost", True)
        self.reached_at(address)
        if role == "publish":
            mouth = Gst.parse_bin_from_description(SPEAK.format(hz=int(argument), volume=VOLUME), True)
            self.pipeline.add(mouth)
            mouth.link(self.peer)
            self.peer.emit("get-transceiver", 0).set_property(
                "direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY
            )
        else:
            self.peer.emit(
                "add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(OPUS)
            )
        self.peer.connect("pad-added", self.heard)
        self.peer.connect("notify::connection-state", self.changed, "connection-state", "state")
        self.peer.connect("notify::ice-connection-state", self.changed, "ice-connection-state", "ice")
        self.peer.connect("notify::ice-gathering-state", self.gathered)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: say(failed=message.parse_error().gerror.message))

    def reached_at(self, address):
        """Left to itself libnice takes no loopback address, and asks the network for a router to open ports at."""
        # Kept: GStreamer 1.22 hands it out without a reference of its own.
        self.ice = self.peer.get_property("ice-agent")
        self.agent = self.ice.get_property("agent")
        self.agent.set_property("upnp", False)
        local = Nice.Address.new()
        local.set_from_string(address)
        self.agent.add_local_address(local)

    def start(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        promise = Gst.Promise.new_with_change_func(self.offered, None)
        self.peer.emit("create-offer", None, promise)

    def offered(self, promise, _):
        # A reply that nobody holds takes its offer along.
        reply = promise.get_reply()
        self.peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def gathered(self, peer, _):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            say(offer=peer.get_property("local-description").sdp.as_text())

    def answered(self, text):
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.peer.emit("set-remote-description", answer, Gst.Promise.new())

    def changed(self, peer, _, name, key):
        say(**{key: peer.get_property(name).value_nick})

    def heard(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        ear = Gst.parse_bin_from_description(LISTEN.format(file=self.file), True)
        self.pipeline.add(ear)
        ear.sync_state_with_parent()
        pad.link(ear.get_static_pad("sink"))

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


def main():
    loop = GLib.MainLoop()
    peer = Peer(*sys.argv[1:4])

    def read():
        for line in sys.stdin:
            GLib.idle_add(peer.answered, json.loads(line)["answer"])
        GLib.idle_add(loop.quit)

    threading.Thread(target=read, daemon=True).start()
    peer.start()
    loop.run()
    peer.close()


main()
