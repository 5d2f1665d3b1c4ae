#include "codecs.h"

#include <strings.h>

static const struct codec *const codecs[] = {&pcmu, &pcma, &g722, &opus};

const struct codec *codec_named(const char *name)
{
    for (size_t k = 0; k < sizeof codecs / sizeof *codecs; k++)
        if (!strcasecmp(name, codecs[k]->name)) return codecs[k];
    return NULL;
}
