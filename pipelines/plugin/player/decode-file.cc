#include "player/decode-file.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include <chrono>
#include <cstring>
#include <memory>

namespace interconnect {
namespace {

constexpr GstClockTime kPatience = 50 * GST_MSECOND;
/** A disk that sleeps is back by then; a file that gives nothing for so long never will. */
constexpr auto kStalled = std::chrono::seconds(5);
/** GST_AUTOPLUG_SELECT_* of decodebin, which no header declares. */
constexpr int kTry = 0;
constexpr int kSkip = 2;

struct PipelineEnd {
  void operator()(GstElement* pipeline) const {
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
  }
};
using OwnedPipeline = std::unique_ptr<GstElement, PipelineEnd>;

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
struct SampleUnref {
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
};
using OwnedSample = std::unique_ptr<GstSample, SampleUnref>;

/** What would fetch something from elsewhere is not even tried: a file is nobody's way into the network. */
int selectElement(GstElement*, GstPad*, GstCaps*, GstElementFactory* factory, gpointer) {
  const char* kind = gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS);
  const bool leadsElsewhere = kind != nullptr && (std::strstr(kind, "Adaptive") != nullptr || std::strstr(kind, "Network") != nullptr);
  return leadsElsewhere ? kSkip : kTry;
}

OwnedPipeline makePipeline(int descriptor, uint32_t rate) {
  // By the descriptor: whatever happens to the name meanwhile, it is the file that was allowed.
  const std::string text = "filesrc location=/proc/self/fd/" + std::to_string(descriptor) +
                           " ! decodebin name=decode caps=audio/x-raw expose-all-streams=false ! audioconvert ! audioresample"
                           " ! audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" +
                           std::to_string(rate) + " ! appsink name=out sync=false max-buffers=4";
  GError* error = nullptr;
  OwnedPipeline pipeline(gst_parse_launch_full(text.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  g_clear_error(&error);
  if (!pipeline) return pipeline;
  const std::unique_ptr<GstElement, ObjectUnref> decode(gst_bin_get_by_name(GST_BIN(pipeline.get()), "decode"));
  g_signal_connect(decode.get(), "autoplug-select", G_CALLBACK(&selectElement), nullptr);
  return pipeline;
}

std::optional<std::string> errorOf(GstElement* pipeline) {
  const std::unique_ptr<GstBus, ObjectUnref> bus(gst_element_get_bus(pipeline));
  GstMessage* message = gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR);
  if (message == nullptr) return std::nullopt;
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  std::string text = std::string("cannot be decoded: ") + (error != nullptr ? error->message : "for no reason given");
  g_clear_error(&error);
  gst_message_unref(message);
  return text;
}

bool give(GstSample* sample, const SampleTaker& take) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  GstMapInfo map;
  if (buffer == nullptr || gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return true;
  const bool goOn = take(reinterpret_cast<const int16_t*>(map.data), map.size / sizeof(int16_t));
  gst_buffer_unmap(buffer, &map);
  return goOn;
}

}  // namespace

std::optional<std::string> decodeFile(int descriptor, uint32_t rate, const SampleTaker& take, const std::function<bool()>& stopped) {
  const OwnedPipeline pipeline = makePipeline(descriptor, rate);
  if (!pipeline) return "cannot be decoded: an element of GStreamer is missing";
  const std::unique_ptr<GstElement, ObjectUnref> out(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  GstAppSink* sink = GST_APP_SINK(out.get());
  if (gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return errorOf(pipeline.get()).value_or("cannot be decoded: the decoder does not start");
  }
  auto lastCame = std::chrono::steady_clock::now();
  bool came = false;
  while (!stopped()) {
    const OwnedSample sample(gst_app_sink_try_pull_sample(sink, kPatience));
    if (sample) {
      if (!give(sample.get(), take)) return std::nullopt;
      came = true;
      lastCame = std::chrono::steady_clock::now();
      continue;
    }
    if (auto error = errorOf(pipeline.get())) return error;
    if (gst_app_sink_is_eos(sink) != FALSE) return came ? std::nullopt : std::optional<std::string>("has no sound in it");
    if (std::chrono::steady_clock::now() - lastCame > kStalled) return "gives nothing for five seconds";
  }
  return std::nullopt;
}

}  // namespace interconnect
