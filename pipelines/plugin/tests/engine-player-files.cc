// What players read: every format that GStreamer knows, and nothing that is no sound or lies elsewhere.
#include <gst/gst.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/playing.h"
#include "tests/synthetic.h"

using namespace interconnect;
using namespace interconnect::rig;

TEST("every format that GStreamer reads is played: here Ogg with Vorbis and with Opus, FLAC, and stereo WAV") {
  SoundFolder folder;
  const auto tone = synthetic::tone(8000, 500, 1);
  std::vector<int16_t> stereo;
  for (const int16_t sample : synthetic::tone(44100, 500, 1)) stereo.insert(stereo.end(), 2, sample);
  folder.wav("stereo.wav", 44100, stereo, 2);
  std::vector<std::string> files{"stereo.wav"};
  for (const auto& [name, chain] : {std::pair{"a.ogg", "vorbisenc ! oggmux"}, {"b.opus", "opusenc ! oggmux"}, {"c.flac", "flacenc"}}) {
    const std::string text = "filesrc location=" + folder.at("stereo.wav") + " ! wavparse ! audioconvert ! audioresample ! " + chain +
                             " ! filesink location=" + folder.at(name);
    GstElement* pipeline = gst_parse_launch(text.c_str(), nullptr);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline);
    GstMessage* message = gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    CHECK(message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS);
    if (message != nullptr) gst_message_unref(message);
    gst_object_unref(bus);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    files.emplace_back(name);
  }
  for (const std::string& file : files) {
    Rig rig;
    Phone& phone = rig.call(kSilence, 0);
    rig.runFor(100 * kMillisecond);
    start(rig, "p", toLeg(0), fileSource(folder, file));
    runUntil(rig, "player.started");
    phone.forget();
    runUntil(rig, "player.ended");
    const Json ended = rig.events("player.ended").at(0);
    CHECK_EQUAL(ended.string("params.reason"), std::string("finished"));
    CHECK_NEAR(ended.number("params.playedMs"), 1000, 5);
    phone.pcm.resize(std::min<size_t>(phone.pcm.size(), 7200));
    CHECK_NEAR(amplitude(phone.pcm, 500), kToneAmplitude, kToneAmplitude * 0.05);
  }
}

TEST("what is no file below the directory, or no sound, is told with a code and a sentence") {
  SoundFolder folder;
  SoundFolder outside;
  outside.wav("secret.wav", 8000, synthetic::tone(8000, 500, 1));
  folder.wav("empty.wav", 8000, {});
  folder.wav("brief.wav", 8000, synthetic::tone(8000, 500, 0.01));
  mkdir(folder.at("sub").c_str(), 0700);
  mkfifo(folder.at("fifo").c_str(), 0600);
  CHECK_EQUAL(symlink(outside.at("secret.wav").c_str(), folder.at("link.wav").c_str()), 0);
  CHECK_EQUAL(symlink("../", folder.at("up").c_str()), 0);
  std::ofstream(folder.at("noise.wav")) << std::string(50'000, 'x');
  std::ofstream(folder.at("list.m3u8")) << "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
  std::ofstream(folder.at("session.sdp")) << "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 40000 RTP/AVP 0\n";
  const std::string deep = "../" + outside.path().substr(5) + "/secret.wav";
  struct Case {
    std::string file, code, words, more;
  };
  const std::vector<Case> cases{{"missing.wav", "media.file-refused", "does not exist", ""},
                                {"sub", "media.file-refused", "is not a regular file", ""},
                                {"fifo", "media.file-refused", "is not a regular file", ""},
                                {"link.wav", "media.file-refused", "leads out of its directory", ""},
                                {deep, "media.file-refused", "leads out of its directory", ""},
                                {"up" + deep.substr(2), "media.file-refused", "leads out of its directory", ""},
                                {outside.at("secret.wav"), "media.file-refused", "leads out of its directory", ""},
                                {"noise.wav", "media.file-undecodable", "cannot be decoded", ""},
                                {"list.m3u8", "media.file-undecodable", "cannot be decoded", ""},
                                {"session.sdp", "media.file-undecodable", "cannot be decoded", ""},
                                {"empty.wav", "media.file-undecodable", "", ""},
                                {"brief.wav", "media.file-undecodable", "is too short to be repeated", R"(,"loops":0)"}};
  for (const Case& one : cases) {
    Rig rig;
    Phone& phone = rig.call(kSilence, 0);
    rig.runFor(100 * kMillisecond);
    CHECK(start(rig, "p", toLeg(0), fileSource(folder, one.file), one.more).has("result"));
    if (!runUntil(rig, "player.ended")) {
      std::printf("  %s\n", one.file.c_str());
      continue;
    }
    const Json ended = rig.events("player.ended").at(0);
    CHECK_EQUAL(ended.string("params.reason"), std::string("failed"));
    CHECK_EQUAL(ended.string("params.code"), one.code);
    const std::string message = ended.string("params.message");
    if (!CHECK(message.find(one.words) != std::string::npos)) std::printf("  %s\n", message.c_str());
    CHECK(message.rfind(one.file, 0) == 0);
    if (one.more.empty()) CHECK(std::all_of(phone.pcm.begin(), phone.pcm.end(), [](int16_t s) { return s == 0; }));
  }
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
