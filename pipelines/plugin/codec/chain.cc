#include "codec/chain.h"

namespace interconnect {
namespace {

OwnedCaps parseCaps(const std::string& text) { return OwnedCaps(gst_caps_from_string(text.c_str())); }

/** A pad whose template carries the caps: negotiation by the elements themselves then ends at these. */
GstOwned<GstPad> makePad(const char* name, GstPadDirection direction, GstCaps* caps) {
  const GstOwned<GstPadTemplate> pattern(
      GST_PAD_TEMPLATE(gst_object_ref_sink(gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps))));
  return GstOwned<GstPad>(GST_PAD(gst_object_ref_sink(gst_pad_new_from_template(pattern.get(), name))));
}

bool link(GstPad* from, GstPad* to) { return from != nullptr && to != nullptr && GST_PAD_LINK_SUCCESSFUL(gst_pad_link(from, to)); }

}  // namespace

Chain::Chain(const std::string& description, const std::string& inCaps, const std::string& outCaps) {
  make(description, inCaps, outCaps);
}

Chain::~Chain() {
  if (!bin_) return;
  gst_element_set_state(bin_.get(), GST_STATE_NULL);
  if (in_) gst_pad_set_active(in_.get(), FALSE);
  if (out_) gst_pad_set_active(out_.get(), FALSE);
  // First of all: pads that die are unlinked and say so, and a message that waits in a bus keeps them, and so itself, alive.
  gst_element_set_bus(bin_.get(), nullptr);
}

void Chain::make(const std::string& description, const std::string& inCaps, const std::string& outCaps) {
  const OwnedCaps given = parseCaps(inCaps);
  const OwnedCaps wanted = parseCaps(outCaps);
  if (!given || !wanted || gst_caps_is_fixed(given.get()) == FALSE) return fail("\"" + inCaps + "\" are not fixed caps");

  GError* error = nullptr;
  GstElement* bin = gst_parse_bin_from_description_full(description.c_str(), TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (bin == nullptr || error != nullptr) {
    if (bin != nullptr) gst_object_unref(gst_object_ref_sink(bin));
    const std::string why = error != nullptr ? error->message : "unknown reason";
    g_clear_error(&error);
    return fail("\"" + description + "\": " + why);
  }
  bin_.reset(GST_ELEMENT(gst_object_ref_sink(bin)));

  // enable-async off: no descriptor per chain; the handler sees messages in the pushing thread and keeps none of them.
  bus_.reset(GST_BUS(g_object_new(GST_TYPE_BUS, "enable-async", FALSE, nullptr)));
  gst_object_ref_sink(bus_.get());
  gst_bus_set_sync_handler(bus_.get(), &Chain::onMessage, this, nullptr);
  gst_element_set_bus(bin_.get(), bus_.get());

  in_ = makePad("src", GST_PAD_SRC, given.get());
  out_ = makePad("sink", GST_PAD_SINK, wanted.get());
  gst_pad_set_element_private(out_.get(), this);
  gst_pad_set_chain_function(out_.get(), &Chain::onBuffer);
  gst_pad_set_chain_list_function(out_.get(), &Chain::onList);
  // A pad without an element has nobody to forward events to: its default handler would refuse them all.
  gst_pad_set_event_function(out_.get(), &Chain::onEvent);
  gst_pad_set_active(in_.get(), TRUE);
  gst_pad_set_active(out_.get(), TRUE);

  const GstOwned<GstPad> binIn(gst_element_get_static_pad(bin_.get(), "sink"));
  const GstOwned<GstPad> binOut(gst_element_get_static_pad(bin_.get(), "src"));
  if (!link(in_.get(), binIn.get()) || !link(binOut.get(), out_.get())) {
    return fail("\"" + description + "\" does not lead from " + inCaps + " to " + outCaps);
  }
  if (gst_element_set_state(bin_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return fail("\"" + description + "\" does not start");
  }
  gst_pad_push_event(in_.get(), gst_event_new_stream_start("interconnect"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  if (gst_pad_push_event(in_.get(), gst_event_new_caps(given.get())) == FALSE ||
      gst_pad_push_event(in_.get(), gst_event_new_segment(&segment)) == FALSE) {
    fail("\"" + description + "\" refuses " + inCaps);
  }
}

void Chain::fail(const std::string& why) {
  if (failure_.empty()) failure_ = why;
}

void Chain::push(Span bytes, GstClockTime time, GstClockTime duration, ChainSink& sink) {
  if (!failure_.empty()) return;
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes.size, nullptr);
  gst_buffer_fill(buffer, 0, bytes.data, bytes.size);
  GST_BUFFER_PTS(buffer) = time;
  GST_BUFFER_DURATION(buffer) = duration;
  sink_ = &sink;
  const GstFlowReturn flow = gst_pad_push(in_.get(), buffer);
  sink_ = nullptr;
  if (flow != GST_FLOW_OK) fail(std::string("the codec refuses data: ") + gst_flow_get_name(flow));
}

void Chain::pushGap(GstClockTime time, GstClockTime duration, ChainSink& sink) {
  if (!failure_.empty()) return;
  sink_ = &sink;
  gst_pad_push_event(in_.get(), gst_event_new_gap(time, duration));
  sink_ = nullptr;
}

void Chain::finish(ChainSink& sink) {
  if (!failure_.empty()) return;
  sink_ = &sink;
  gst_pad_push_event(in_.get(), gst_event_new_eos());
  sink_ = nullptr;
}

gboolean Chain::onEvent(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

GstFlowReturn Chain::onBuffer(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto* self = static_cast<Chain*>(gst_pad_get_element_private(pad));
  // A description with a queue would come here in a thread of its own; nothing behind this point has locks.
  const bool ours = std::this_thread::get_id() == self->owner_ && self->sink_ != nullptr;
  if (ours) self->sink_->buffer(buffer);
  gst_buffer_unref(buffer);
  return ours ? GST_FLOW_OK : GST_FLOW_ERROR;
}

GstFlowReturn Chain::onList(GstPad* pad, GstObject* parent, GstBufferList* list) {
  GstFlowReturn flow = GST_FLOW_OK;
  const guint length = gst_buffer_list_length(list);
  for (guint i = 0; i < length && flow == GST_FLOW_OK; i++) {
    flow = onBuffer(pad, parent, gst_buffer_ref(gst_buffer_list_get(list, i)));
  }
  gst_buffer_list_unref(list);
  return flow;
}

GstBusSyncReply Chain::onMessage(GstBus*, GstMessage* message, gpointer data) {
  auto* self = static_cast<Chain*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && std::this_thread::get_id() == self->owner_) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    self->fail(std::string(GST_MESSAGE_SRC_NAME(message)) + ": " + (error != nullptr ? error->message : "failed"));
    g_clear_error(&error);
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

}  // namespace interconnect
