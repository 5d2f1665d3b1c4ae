#pragma once
#include <gst/gst.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/engine-rig.h"

namespace interconnect::rig {

/** A folder that is gone when the test is over. */
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "recording-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& recording, const std::string& name) const { return path_ + "/" + recording + "/" + name; }

 private:
  std::string path_;
};

inline std::string readAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/** A file as GStreamer plays it, at 8 kHz or another rate, its channels by turns; empty when it does not. */
inline std::vector<int16_t> played(const std::string& path, int rate = 8000, int channels = 1) {
  const std::string raw = path + ".pcm";
  const std::string description = "filesrc location=\"" + path + "\" ! decodebin ! audioconvert dithering=none ! audioresample ! " +
                                  "audio/x-raw,format=S16LE,channels=" + std::to_string(channels) + ",rate=" + std::to_string(rate) + " ! filesink location=\"" + raw + "\"";
  GError* error = nullptr;
  GstElement* pipeline = gst_parse_launch(description.c_str(), &error);
  if (!CHECK(pipeline != nullptr && error == nullptr)) return {};
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* bus = gst_element_get_bus(pipeline);
  GstMessage* message =
      gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  const bool good = message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  if (message != nullptr) gst_message_unref(message);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  const std::string bytes = readAll(raw);
  std::filesystem::remove(raw);
  if (!good) return {};
  std::vector<int16_t> pcm(bytes.size() / 2);
  if (!pcm.empty()) std::memcpy(pcm.data(), bytes.data(), pcm.size() * 2);
  return pcm;
}

/** The two channels of a file, at 8 kHz. */
inline std::pair<std::vector<int16_t>, std::vector<int16_t>> playedInTwo(const std::string& path) {
  std::pair<std::vector<int16_t>, std::vector<int16_t>> sides;
  const auto pcm = played(path, 8000, 2);
  for (size_t i = 0; i + 1 < pcm.size(); i += 2) {
    sides.first.push_back(pcm[i]);
    sides.second.push_back(pcm[i + 1]);
  }
  return sides;
}

/** Lets the recorder's threads work until the engine has told of it; simulated time goes on slowly. False after ten seconds. */
inline bool waitFor(Rig& rig, const std::string& event, size_t count = 1) {
  for (int i = 0; i < 2000; i++) {
    if (rig.events(event).size() >= count) return true;
    rig.runFor(kMillisecond);
    ::usleep(5000);
  }
  return false;
}

inline std::string startParams(const Folder& folder, const std::string& mode, const std::string& format, const std::string& more = "",
                               const std::string& id = "r") {
  return R"({"recording":")" + id + R"(","session":"room","mode":")" + mode + R"(","format":")" + format + R"(","directory":")" +
         folder.path() + "\"" + more + "}";
}

inline bool startRecording(Rig& rig, const Folder& folder, const std::string& mode, const std::string& format,
                           const std::string& more = "") {
  const Json answer = rig.ask("recording.start", startParams(folder, mode, format, more));
  if (!CHECK(answer.has("result"))) std::printf("  %s\n", answer.text().c_str());
  return CHECK(waitFor(rig, "recording.started"));
}

/** The `recording.ended` of the one recording. */
inline Json stopRecording(Rig& rig) {
  CHECK(rig.ask("recording.stop", R"({"recording":"r"})").has("result"));
  CHECK(waitFor(rig, "recording.ended"));
  const auto ended = rig.events("recording.ended");
  return ended.empty() ? Json("{}") : ended.back();
}

}  // namespace interconnect::rig
