#pragma once
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * The element `interconnect`: the media engine as a GStreamer element without pads.
 *
 * Its write-only property `command` takes one line of pipelines/protocol.ts. Answers and events are element messages on
 * the bus, named `interconnect-event`, each with one line in the string field `json`. The engine runs from READY on.
 */
GType interconnect_element_get_type(void);

G_END_DECLS
