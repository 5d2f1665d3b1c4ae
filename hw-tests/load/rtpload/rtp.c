#include "rtp.h"

#include <arpa/inet.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>

#define HEADER_BYTES 12

void send_packet(struct leg *leg)
{
    uint8_t packet[HEADER_BYTES + MAX_PAYLOAD + SRTP_MAX_TRAILER_LEN];
    size_t payload_bytes = leg->voice->bytes[leg->loop_position];
    int length = HEADER_BYTES + payload_bytes;
    uint32_t timestamp = htonl(leg->timestamp), ssrc = htonl(leg->ssrc);
    packet[0] = 0x80;
    packet[1] = leg->payload_type | (leg->sent == 0 ? 0x80 : 0);
    packet[2] = leg->sequence >> 8;
    packet[3] = leg->sequence & 0xff;
    memcpy(packet + 4, &timestamp, 4);
    memcpy(packet + 8, &ssrc, 4);
    memcpy(packet + HEADER_BYTES, leg->voice->payload[leg->loop_position], payload_bytes);
    int refused = leg->sending && srtp_protect(leg->sending, packet, &length);
    if (refused || send(leg->rtp_fd, packet, length, MSG_DONTWAIT) < 0) leg->send_errors++;
    leg->sent++;
    leg->sequence++;
    leg->timestamp += leg->codec->clock_rate * PACKET_MS / 1000;
    leg->loop_position = (leg->loop_position + 1) % LOOP_PACKETS;
}

static void count_sequence(struct leg *leg, uint16_t sequence, uint32_t ssrc)
{
    if (!leg->has_sequence || ssrc != leg->remote_ssrc) {
        if (leg->has_sequence) {
            leg->ssrc_changes++;
            leg->received = 1;
        }
        leg->remote_ssrc = ssrc;
        leg->base_sequence = leg->max_sequence = sequence;
        leg->cycles = 0;
        leg->has_sequence = 1;
        leg->has_transit = 0;
        return;
    }
    int16_t step = sequence - leg->max_sequence;
    if (step > 0) {
        if (sequence < leg->max_sequence) leg->cycles += 65536;
        leg->max_sequence = sequence;
    } else if (step == 0) {
        leg->duplicates++;
        leg->received--;
    } else {
        leg->reordered++;
    }
}

/* RFC 3550 A.8. */
static void count_timing(struct leg *leg, uint32_t timestamp, double at_s)
{
    double transit = at_s * leg->codec->clock_rate - timestamp;
    if (leg->has_transit) {
        double change = fabs(transit - leg->last_transit);
        if (change < leg->codec->clock_rate) leg->jitter += (change - leg->jitter) / 16;
        if (leg->jitter > leg->jitter_max) leg->jitter_max = leg->jitter;
        if (at_s - leg->last_arrival > leg->max_gap) leg->max_gap = at_s - leg->last_arrival;
    }
    leg->last_transit = transit;
    leg->has_transit = 1;
    leg->last_arrival = at_s;
}

/* Bytes before the payload, or 0 when the packet is malformed; takes padding off `length`. */
static size_t payload_offset(const uint8_t *bytes, size_t *length)
{
    if (*length < HEADER_BYTES || (bytes[0] & 0xc0) != 0x80) return 0;
    size_t offset = HEADER_BYTES + 4 * (bytes[0] & 15);
    if (bytes[0] & 0x10) {
        if (*length < offset + 4) return 0;
        offset += 4 + 4 * (size_t)(bytes[offset + 2] << 8 | bytes[offset + 3]);
    }
    if (bytes[0] & 0x20) {
        size_t padding = bytes[*length - 1];
        if (padding > *length) return 0;
        *length -= padding;
    }
    return offset <= *length ? offset : 0;
}

void take_packet(struct leg *leg, uint8_t *bytes, size_t length, double at_s, struct heard *heard)
{
    int clear_length = length;
    int refused = leg->receiving && srtp_unprotect(leg->receiving, bytes, &clear_length);
    length = clear_length;
    size_t offset = refused ? 0 : payload_offset(bytes, &length);
    heard->samples = 0;
    if (!offset) {
        leg->malformed++;
        return;
    }
    uint32_t timestamp, ssrc;
    memcpy(&timestamp, bytes + 4, 4);
    memcpy(&ssrc, bytes + 8, 4);
    leg->received_ever++;
    leg->received++;
    leg->bytes += length - offset;
    count_sequence(leg, bytes[2] << 8 | bytes[3], ssrc);
    if ((bytes[1] & 0x7f) != leg->payload_type) {
        leg->other_payload_type++;
        return;
    }
    count_timing(leg, ntohl(timestamp), at_s);
    if (length - offset <= MAX_PAYLOAD)
        heard->samples = leg->codec->decode(leg->decoder, bytes + offset, length - offset, heard->pcm);
}

int64_t packets_lost(const struct leg *leg)
{
    if (!leg->has_sequence) return 0;
    int64_t expected = (int64_t)leg->cycles + leg->max_sequence - leg->base_sequence + 1;
    return expected > (int64_t)leg->received ? expected - (int64_t)leg->received : 0;
}
