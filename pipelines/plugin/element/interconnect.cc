#include "element/interconnect.h"

#include "dtls/identity-file.h"
#include "engine/loop.h"

using interconnect::Loop;

struct InterconnectElement {
  GstElement parent;
  Loop* loop;
};
struct InterconnectElementClass {
  GstElementClass parent;
};

G_DEFINE_TYPE(InterconnectElement, interconnect_element, GST_TYPE_ELEMENT)

namespace {

enum Property { kCommand = 1, kCommandDescriptor, kVersion, kCertificate, kFingerprint, kRecordingDirectory };

InterconnectElement* self(gpointer object) { return static_cast<InterconnectElement*>(object); }

void post(InterconnectElement* element, const std::string& line) {
  GstStructure* structure = gst_structure_new("interconnect-event", "json", G_TYPE_STRING, line.c_str(), nullptr);
  gst_element_post_message(GST_ELEMENT(element), gst_message_new_element(GST_OBJECT(element), structure));
}

/** Without a certificate everything works but DTLS; the log of the process says why there is none. */
void setCertificate(Loop& loop, const char* path) {
  try {
    loop.setIdentity(interconnect::identityFromFile(path));
  } catch (const std::runtime_error& error) {
    g_printerr("no DTLS-SRTP: %s\n", error.what());
  }
}

void setProperty(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  if (id == kCertificate) {
    if (const char* path = g_value_get_string(value)) setCertificate(*self(object)->loop, path);
    return;
  }
  if (id == kRecordingDirectory) {
    const char* directory = g_value_get_string(value);
    self(object)->loop->setRecordingDirectory(directory != nullptr ? directory : "");
    return;
  }
  if (id != kCommand) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    return;
  }
  if (const char* line = g_value_get_string(value)) self(object)->loop->command(line);
}

void getProperty(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  if (id == kCommandDescriptor) {
    g_value_set_int(value, self(object)->loop->commandDescriptor());
    return;
  }
  if (id == kFingerprint) {
    g_value_set_string(value, self(object)->loop->fingerprint().c_str());
    return;
  }
  if (id != kVersion) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    return;
  }
  gchar* gstreamer = gst_version_string();
  g_value_take_string(value, g_strdup_printf("interconnect %s, %s", PLUGIN_VERSION, gstreamer));
  g_free(gstreamer);
}

// Not before READY: gst-inspect makes elements and drops them, and what is posted before there is a bus is lost.
GstStateChangeReturn changeState(GstElement* element, GstStateChange transition) {
  Loop& loop = *self(element)->loop;
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !loop.start()) {
    GST_ELEMENT_ERROR(element, RESOURCE, FAILED, ("The media engine cannot start."), ("no descriptor or thread left"));
    return GST_STATE_CHANGE_FAILURE;
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(interconnect_element_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) loop.stop();
  return result;
}

void finalize(GObject* object) {
  delete self(object)->loop;
  G_OBJECT_CLASS(interconnect_element_parent_class)->finalize(object);
}

}  // namespace

static void interconnect_element_class_init(InterconnectElementClass* klass) {
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->set_property = setProperty;
  object->get_property = getProperty;
  object->finalize = finalize;
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property(
      object, kCommand, g_param_spec_string("command", "Command", "One line of the worker protocol (JSON)", nullptr, kFlags));
  g_object_class_install_property(
      object, kRecordingDirectory,
      g_param_spec_string("recording-directory", "Recording directory", "The one folder in which recordings are made, set before READY; without it none are", nullptr, kFlags));
  constexpr auto kReadFlags = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property(
      object, kCommandDescriptor,
      g_param_spec_int("command-fd", "Command descriptor", "Takes the same lines, for hosts that set many", -1, G_MAXINT, -1,
                       kReadFlags));
  g_object_class_install_property(
      object, kVersion, g_param_spec_string("version", "Version", "Of this plugin and of GStreamer", nullptr, kReadFlags));

  g_object_class_install_property(
      object, kCertificate,
      g_param_spec_string("dtls-certificate", "DTLS certificate", "File of the box's key and certificate, made when it is not there; before READY",
                          nullptr, kFlags));
  g_object_class_install_property(
      object, kFingerprint,
      g_param_spec_string("dtls-fingerprint", "DTLS fingerprint", "SHA-256 of that certificate, as in a=fingerprint", nullptr, kReadFlags));

  GstElementClass* element = GST_ELEMENT_CLASS(klass);
  element->change_state = changeState;
  gst_element_class_set_static_metadata(element, "Media interconnect", "Generic/Audio/Network",
                                        "Joins RTP legs in sessions: jitter buffer, mix-minus, digits, RTCP",
                                        "Crosspoint");
}

static void interconnect_element_init(InterconnectElement* element) {
  element->loop = new Loop([element](const std::string& line) { post(element, line); });
}
