// The built plugin, as GStreamer sees it. Argument: the path of libgstinterconnect.so.
#include <gst/gst.h>

#include <unistd.h>

#include <string>

#include "engine/command-pipe.h"
#include "tests/engine-rig.h"

using namespace interconnect::rig;

namespace {

std::string pluginPath;

struct Unref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
using Element = std::unique_ptr<GstElement, Unref>;

/** As the worker makes it: a lone element would itself become the pipeline. */
Element makePipeline() {
  GError* error = nullptr;
  Element pipeline(gst_parse_launch("interconnect name=engine identity", &error));
  CHECK(error == nullptr);
  g_clear_error(&error);
  return pipeline;
}

void command(const Element& pipeline, const std::string& line) {
  const Element engine(gst_bin_get_by_name(GST_BIN(pipeline.get()), "engine"));
  g_object_set(engine.get(), "command", line.c_str(), nullptr);
}

/** The next line on the bus; empty after five seconds. */
std::string nextLine(const Element& pipeline) {
  const std::unique_ptr<GstBus, Unref> bus(gst_element_get_bus(pipeline.get()));
  GstMessage* message = gst_bus_timed_pop_filtered(bus.get(), 5 * GST_SECOND, GST_MESSAGE_ELEMENT);
  if (message == nullptr) return "";
  const GstStructure* structure = gst_message_get_structure(message);
  CHECK(gst_structure_has_name(structure, "interconnect-event"));
  const char* json = gst_structure_get_string(structure, "json");
  std::string line = json != nullptr ? json : "";
  gst_message_unref(message);
  return line;
}

/** What a program prints; nothing when it does not end well. */
[[maybe_unused]] std::string outputOf(const std::string& line) {
  char* output = nullptr;
  int status = -1;
  const bool ran = g_spawn_command_line_sync(line.c_str(), &output, nullptr, &status, nullptr) != FALSE;
  std::string text = ran && status == 0 && output != nullptr ? output : "";
  g_free(output);
  return text;
}

}  // namespace

// Neither is possible with a sanitizer in the plugin: its run-time library must come first, in gst-inspect too.
#ifndef __SANITIZE_ADDRESS__
TEST("gst-inspect shows the element and its command property") {
  const std::string text = outputOf("gst-inspect-1.0 " + pluginPath);
  CHECK(text.find("interconnect") != std::string::npos);
  // A file of its own: as root, GStreamer would replace a device such as /dev/null by a plain file.
  const std::string registry = pluginPath + ".test-registry";
  const std::string element = outputOf("env GST_PLUGIN_PATH=" + pluginPath.substr(0, pluginPath.rfind('/')) +
                                       " GST_REGISTRY_1_0=" + registry + " gst-inspect-1.0 interconnect");
  CHECK(element.find("command") != std::string::npos);
  CHECK(element.find("writable") != std::string::npos);
}

TEST("the plugin takes no C++ or cryptographic symbol from the process that loads it") {
  const std::string symbols = outputOf("nm -D --undefined-only " + pluginPath);
  CHECK(symbols.find("gst_element_register") != std::string::npos);
  for (const char* foreign : {" _ZNSt", " _ZNKSt", " _ZSt", " SSL_", " EVP_", " uv_", " _ZN2v8"}) {
    CHECK(symbols.find(foreign) == std::string::npos);
  }
}
#endif

TEST("commands are answered on the bus from READY on, in order") {
  const Element pipeline = makePipeline();
  CHECK(gst_element_set_state(pipeline.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE);
  command(pipeline, R"({"id":1,"method":"ping","params":{}})");
  command(pipeline, R"({"id":2,"method":"leg.fly","params":{}})");
  command(pipeline, R"({"id":3,"method":"dump","params":{}})");
  CHECK(Json(nextLine(pipeline)).has("result.busyRatio"));
  CHECK_EQUAL(Json(nextLine(pipeline)).string("error.code"), std::string("media.bad-request"));
  CHECK_EQUAL(nextLine(pipeline), std::string(R"({"id":3,"result":{"legs":[],"sessions":[],"recordings":[]}})"));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

TEST("commands written to the descriptor are answered, however they were cut; an endless one is refused") {
  const Element pipeline = makePipeline();
  gst_element_set_state(pipeline.get(), GST_STATE_READY);
  const Element engine(gst_bin_get_by_name(GST_BIN(pipeline.get()), "engine"));
  gint descriptor = -1;
  g_object_get(engine.get(), "command-fd", &descriptor, nullptr);
  if (!CHECK(descriptor >= 0)) return;
  const auto write = [&](const std::string& bytes) {
    CHECK_EQUAL(::write(descriptor, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  };
  write("{\"id\":1,\"method\":\"ping\",\"params\":{}}\n{\"id\":2,\"met");
  CHECK(Json(nextLine(pipeline)).has("result.busyRatio"));
  write("hod\":\"dump\",\"params\":{}}\n");
  CHECK_EQUAL(nextLine(pipeline), std::string(R"({"id":2,"result":{"legs":[],"sessions":[],"recordings":[]}})"));
  write(std::string(interconnect::CommandPipe::kMaxLine + 5, 'x'));
  write("x\n{\"id\":3,\"method\":\"dump\",\"params\":{}}\n");
  CHECK_EQUAL(Json(nextLine(pipeline)).string("error.code"), std::string("media.bad-request"));
  CHECK_EQUAL(nextLine(pipeline), std::string(R"({"id":3,"result":{"legs":[],"sessions":[],"recordings":[]}})"));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

TEST("a command from before the start is carried out at the start") {
  const Element pipeline = makePipeline();
  command(pipeline, R"({"id":1,"method":"stop","params":{}})");
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  CHECK_EQUAL(nextLine(pipeline), std::string(R"({"id":1,"result":{}})"));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

TEST("the pipeline starts and stops again and again") {
  const Element pipeline = makePipeline();
  for (int i = 0; i < 20; i++) {
    CHECK(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
    command(pipeline, R"({"id":1,"method":"ping","params":{}})");
    CHECK(Json(nextLine(pipeline)).has("result.legs"));
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  }
}

int main(int count, char** values) {
  gst_init(&count, &values);
  if (count != 2) return 2;
  pluginPath = values[1];
  GstPlugin* plugin = gst_plugin_load_file(values[1], nullptr);
  if (!CHECK(plugin != nullptr)) return 1;
  gst_object_unref(plugin);
  return check::run();
}
