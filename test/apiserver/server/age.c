#include "test/apiserver/server/age.h"

#include "kubeclient/api/rfc3339.h"

/* From so many seconds on, shown in `unit` seconds with what is left in `rest`. */
static const struct {
    int64_t below; /* seconds */
    int64_t unit;
    char letter;
    int64_t rest; /* 0: not shown */
    char rest_letter;
} SCALES[] = {
    {120, 1, 's', 0, 0},
    {600, 60, 'm', 1, 's'},
    {3 * 3600, 60, 'm', 0, 0},
    {8 * 3600, 3600, 'h', 60, 'm'},
    {48 * 3600, 3600, 'h', 0, 0},
    {8 * 86400, 86400, 'd', 3600, 'h'},
    {2LL * 365 * 86400, 86400, 'd', 0, 0},
    {8LL * 365 * 86400, 365 * 86400, 'y', 86400, 'd'},
    {INT64_MAX, 365 * 86400, 'y', 0, 0},
};

void age_print(struct strbuf *out, int64_t ms)
{
    int64_t seconds = ms / 1000;
    if (seconds < -1) {
        strbuf_adds(out, "<invalid>");
        return;
    }
    if (seconds < 0)
        seconds = 0;
    size_t i = 0;
    while (seconds >= SCALES[i].below)
        i++;
    strbuf_addf(out, "%lld%c", (long long)(seconds / SCALES[i].unit), SCALES[i].letter);
    int64_t rest = SCALES[i].rest ? seconds % SCALES[i].unit / SCALES[i].rest : 0;
    if (rest)
        strbuf_addf(out, "%lld%c", (long long)rest, SCALES[i].rest_letter);
}

void age_print_since(struct strbuf *out, const char *time, int64_t now_ms)
{
    int64_t then_ms;
    if (time && rfc3339_parse(time, &then_ms))
        age_print(out, now_ms - then_ms);
    else
        strbuf_adds(out, "<unknown>");
}
