#include "element/interconnect.h"

#define PACKAGE "crosspoint"

static gboolean registerElements(GstPlugin* plugin) {
  return gst_element_register(plugin, "interconnect", GST_RANK_NONE, interconnect_element_get_type());
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, interconnect, "Crosspoint's media engine", registerElements, PLUGIN_VERSION,
                  "MIT/X11", PACKAGE, "Crosspoint")
