#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>
#include <thread>

#include "rtp/span.h"

namespace interconnect {

struct Unref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
template <class T>
using GstOwned = std::unique_ptr<T, Unref>;

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using OwnedCaps = std::unique_ptr<GstCaps, CapsUnref>;

/** Takes the buffers that come out of a chain, while `push` runs. */
class ChainSink {
 public:
  virtual void buffer(GstBuffer* buffer) = 0;

 protected:
  ~ChainSink() = default;
};

/**
 * A GStreamer bin made from a description, run synchronously in the thread that pushes into it: our own pads are linked
 * to both of its ends, and no thread, clock or pipeline is involved (GstHarness does it so for tests).
 *
 * To be made, used and destroyed in one thread.
 */
class Chain {
 public:
  /**
   * `inCaps` is what will be pushed, `outCaps` what must come out (an element that can choose will choose it).
   * A chain that could not be made has a failure() from the start.
   */
  Chain(const std::string& description, const std::string& inCaps, const std::string& outCaps);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  /** Pushes one buffer through; what comes out reaches `sink` before this returns. No effect once it has failed. */
  void push(Span bytes, GstClockTime time, GstClockTime duration, ChainSink& sink);

  /** Tells the chain that so much is missing; a decoder that conceals makes audio of it. */
  void pushGap(GstClockTime time, GstClockTime duration, ChainSink& sink);

  /** No more will be pushed: what the chain still holds reaches `sink`. */
  void finish(ChainSink& sink);

  /** A sentence when the chain is broken for good; otherwise empty. */
  const std::string& failure() const { return failure_; }

 private:
  void make(const std::string& description, const std::string& inCaps, const std::string& outCaps);
  void fail(const std::string& why);
  static gboolean onEvent(GstPad* pad, GstObject* parent, GstEvent* event);
  static GstFlowReturn onBuffer(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static GstFlowReturn onList(GstPad* pad, GstObject* parent, GstBufferList* list);
  static GstBusSyncReply onMessage(GstBus* bus, GstMessage* message, gpointer self);

  GstOwned<GstElement> bin_;
  // Without a bus of its own a bin's errors vanish, and every push says OK.
  GstOwned<GstBus> bus_;
  GstOwned<GstPad> in_;
  GstOwned<GstPad> out_;
  ChainSink* sink_ = nullptr;
  const std::thread::id owner_ = std::this_thread::get_id();
  std::string failure_;
};

}  // namespace interconnect
