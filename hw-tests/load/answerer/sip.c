#define _GNU_SOURCE
#include "sip.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char TAG[] = ";tag=answerer";

/* The first line at or after `from` that begins with `name:`, and where it ends. */
static const char *header_line(const char *from, const char *name, const char **end)
{
    size_t length = strlen(name);
    for (const char *line = from; line && *line && strncmp(line, "\r\n", 2); line = *end + 2) {
        *end = strstr(line, "\r\n");
        if (!*end) return NULL;
        if (!strncasecmp(line, name, length) && line[length] == ':') return line;
    }
    return NULL;
}

static int header_value(const char *head, const char *name, char *out, size_t size)
{
    const char *end, *line = header_line(head, name, &end);
    if (!line) return 0;
    line += strlen(name) + 1;
    while (*line == ' ') line++;
    if ((size_t)(end - line) >= size) return 0;
    snprintf(out, size, "%.*s", (int)(end - line), line);
    return 1;
}

static void uri_alone(char *contact)
{
    char *open = strchr(contact, '<'), *close = open ? strchr(open, '>') : NULL;
    if (!close) return;
    *close = 0;
    memmove(contact, open + 1, strlen(open));
}

int parse_request(const char *text, struct request *request)
{
    memset(request, 0, sizeof *request);
    if (!strncmp(text, "SIP/2.0 ", 8)) return 0;
    if (sscanf(text, "%15[A-Z] sip:%63[^@;> ]", request->method, request->user) != 2) return 0;
    request->head = text;
    request->body = strstr(text, "\r\n\r\n");
    if (!request->body) return 0;
    request->body += 4;
    if (header_value(text, "Contact", request->contact, sizeof request->contact)) uri_alone(request->contact);
    return header_value(text, "Call-ID", request->call_id, sizeof request->call_id) &&
           header_value(text, "From", request->from, sizeof request->from) &&
           header_value(text, "To", request->to, sizeof request->to);
}

int audio_address(const char *sdp, char ip[64], int *port)
{
    const char *connection = strstr(sdp, "c=IN IP4 "), *media = strstr(sdp, "m=audio ");
    return connection && media && sscanf(connection, "c=IN IP4 %63s", ip) == 1 &&
           sscanf(media, "m=audio %d", port) == 1;
}

static size_t copy_lines(char *out, size_t used, const char *head, const char *name)
{
    const char *end;
    for (const char *line = header_line(head, name, &end); line; line = header_line(end + 2, name, &end))
        used += snprintf(out + used, MAX_MESSAGE - used, "%.*s\r\n", (int)(end - line), line);
    return used;
}

size_t write_response(char *out, const struct request *request, int status, const char *phrase, const char *contact,
                      const char *sdp)
{
    size_t used = snprintf(out, MAX_MESSAGE, "SIP/2.0 %d %s\r\n", status, phrase);
    used = copy_lines(out, used, request->head, "Via");
    used = copy_lines(out, used, request->head, "Record-Route");
    used = copy_lines(out, used, request->head, "CSeq");
    const char *tag = strcasestr(request->to, ";tag=") ? "" : TAG;
    used += snprintf(out + used, MAX_MESSAGE - used, "From: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nContact: <%s>\r\n",
                     request->from, request->to, tag, request->call_id, contact);
    if (*sdp) used += snprintf(out + used, MAX_MESSAGE - used, "Content-Type: application/sdp\r\n");
    used += snprintf(out + used, MAX_MESSAGE - used, "Content-Length: %zu\r\n\r\n%s", strlen(sdp), sdp);
    return used;
}

size_t write_bye(char *out, const struct request *invite, const char *local, unsigned branch)
{
    return snprintf(out, MAX_MESSAGE,
                    "BYE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bKbye%u\r\nMax-Forwards: 70\r\n"
                    "From: %s%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
                    invite->contact, local, branch, invite->to, TAG, invite->from, invite->call_id);
}
