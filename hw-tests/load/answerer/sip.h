/* As much of SIP as a far end needs that answers every call at once (RFC 3261 §8.2.6, §13.3.1.4). */
#pragma once
#include <stddef.h>

#define MAX_MESSAGE 4096

struct request {
    char method[16];
    char user[64];    /* of the request URI */
    char call_id[128];
    char from[256], to[256]; /* the values, for the BYE that we send in our turn */
    char contact[256];       /* the URI alone */
    const char *head;        /* the whole message */
    const char *body;
};

/* 0 when it is no request that we can read. `text` must stay as long as the result is used. */
int parse_request(const char *text, struct request *request);

/* The address in an SDP body's c= and m=audio lines; 0 when it has none. */
int audio_address(const char *sdp, char ip[64], int *port);

/* A response that carries the request's Via, From, To, Call-ID, CSeq and Record-Route. Returns its length. */
size_t write_response(char *out, const struct request *request, int status, const char *phrase, const char *contact,
                      const char *sdp);

/* A BYE inside the dialog that the request opened. */
size_t write_bye(char *out, const struct request *invite, const char *local, unsigned branch);
