/*
 * stock-conference: the same conference made of GStreamer's own elements, so that the bench can print what they cost
 * beside what our worker costs, under the same load in the same run.
 *
 * It is built as kindly as these elements allow. Everything stays at 8 kHz (no resampling work), each leg has one
 * audiomixer that is linked to the others' decoders directly (no queue threads, no bridging between pipelines: the
 * legs of a session share one), packets leave unsynchronised, and nothing is negotiated or added later.
 *
 *     stock-conference LEGS ROOM_SIZE LOCAL_PORT REMOTE_PORT
 *
 * Leg i receives on LOCAL_PORT + 2i and sends to REMOTE_PORT + 2i, PCMU on 127.0.0.1. Prints "idle" when GStreamer is
 * loaded, waits for a line on stdin, builds the sessions, prints "playing", and ends at the end of stdin.
 */
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>

#define PCM "! audio/x-raw,format=S16LE,rate=8000,channels=1 "

struct conference {
    int legs, room_size, local_port, remote_port;
};

static void describe_leg(GString *text, const struct conference *c, int leg)
{
    g_string_append_printf(text,
                           "audiomixer name=mix%d output-buffer-duration=20000000 " PCM
                           "! mulawenc ! rtppcmupay min-ptime=20000000 max-ptime=20000000 "
                           "! udpsink name=to%d host=127.0.0.1 port=%d sync=false async=false close-socket=false ",
                           leg, leg, c->remote_port + 2 * leg);
    g_string_append_printf(text,
                           "udpsrc name=from%d address=127.0.0.1 port=%d "
                           "caps=application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMU,payload=0 "
                           "! rtpjitterbuffer latency=20 ! rtppcmudepay ! mulawdec ! audioconvert ! audioresample "
                           PCM "! tee name=heard%d allow-not-linked=true ",
                           leg, c->local_port + 2 * leg, leg);
}

/* Everybody but itself. */
static void link_leg(GString *text, int leg, int first, int end)
{
    for (int other = first; other < end; other++)
        if (other != leg) g_string_append_printf(text, "heard%d.src_%d ! mix%d.sink_%d ", leg, other, other, leg);
}

/* Symmetric RTP (RFC 4961): what a leg hears leaves from the port on which it is received. */
static void share_socket(GstElement *pipeline, int leg)
{
    g_autofree char *from_name = g_strdup_printf("from%d", leg), *to_name = g_strdup_printf("to%d", leg);
    g_autoptr(GstElement) from = gst_bin_get_by_name(GST_BIN(pipeline), from_name);
    g_autoptr(GstElement) to = gst_bin_get_by_name(GST_BIN(pipeline), to_name);
    GObject *socket = NULL;
    gst_element_set_state(from, GST_STATE_READY);
    g_object_get(from, "used-socket", &socket, NULL);
    if (!socket) {
        fprintf(stderr, "stock-conference: leg %d has no socket: is its port taken?\n", leg);
        exit(2);
    }
    g_object_set(to, "socket", socket, NULL);
    g_object_unref(socket);
}

/*
 * Seen with GStreamer 1.22: a live aggregator is given its clock before its base time, and in between it mixes as fast as
 * it can, seconds ahead of the clock, where it then waits. So the pipeline has its base time from the beginning.
 */
static void set_base_time(GstElement *pipeline)
{
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
    gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(pipeline, gst_clock_get_time(clock));
}

/* A session that broke would only look cheap: any error ends the process. */
static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer unused)
{
    (void)bus, (void)unused;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        g_autofree char *detail = NULL;
        gst_message_parse_error(message, &error, &detail);
        fprintf(stderr, "stock-conference: %s (%s)\n", error->message, detail ? detail : "");
        exit(2);
    }
    return GST_BUS_DROP;
}

static GstElement *make_session(const struct conference *c, int first)
{
    int end = MIN(first + c->room_size, c->legs);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int leg = first; leg < end; leg++) describe_leg(text, c, leg);
    for (int leg = first; leg < end; leg++) link_leg(text, leg, first, end);
    g_autoptr(GError) error = NULL;
    GstElement *pipeline = gst_parse_launch(text->str, &error);
    if (error) {
        fprintf(stderr, "stock-conference: %s\n", error->message);
        exit(2);
    }
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    gst_bus_set_sync_handler(bus, on_message, NULL, NULL);
    for (int leg = first; leg < end; leg++) share_socket(pipeline, leg);
    set_base_time(pipeline);
    return pipeline;
}

/* So that loaded plugins are not taken for memory of legs. */
static void load_plugins(const struct conference *c)
{
    GstElement *pipeline = make_session(c, 0);
    gst_element_set_state(pipeline, GST_STATE_READY);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

static void wait_for_line(void)
{
    for (int c = getchar(); c != '\n'; c = getchar())
        if (c == EOF) exit(0);
}

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    if (argc != 5) {
        fprintf(stderr, "stock-conference LEGS ROOM_SIZE LOCAL_PORT REMOTE_PORT\n");
        return 2;
    }
    struct conference c = {atoi(argv[1]), atoi(argv[2]), atoi(argv[3]), atoi(argv[4])};
    if (c.legs < 1 || c.room_size < 1) return 2;
    load_plugins(&c);
    puts("idle");
    fflush(stdout);
    wait_for_line();

    int sessions = (c.legs + c.room_size - 1) / c.room_size;
    GstElement **pipelines = g_new(GstElement *, sessions);
    for (int k = 0; k < sessions; k++) {
        pipelines[k] = make_session(&c, k * c.room_size);
        if (gst_element_set_state(pipelines[k], GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
            fprintf(stderr, "stock-conference: session %d cannot play\n", k);
            return 2;
        }
    }
    puts("playing");
    fflush(stdout);
    for (;;) wait_for_line();
}
