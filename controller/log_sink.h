/* log_sink.h - the process's log: lines to a file descriptor, with the wall clock.
 *
 * The one place where `struct log` meets the outside. Level and format may change while
 * running. A line is written with one write(2), so that lines of several processes on
 * one pipe do not mix.
 */
#ifndef BERTH_CONTROLLER_LOG_SINK_H
#define BERTH_CONTROLLER_LOG_SINK_H

#include "kubeclient/base/log.h"

struct log_sink;

/* `fd` stays the caller's. */
struct log_sink *log_sink_open(int fd, enum log_level level, enum log_format format);
void log_sink_close(struct log_sink **sink);

void log_sink_set(struct log_sink *sink, enum log_level level, enum log_format format);

/* The log that writes into the sink. Copies of it follow later changes of the level,
 * for the sink is what filters. Borrowed. */
const struct log *log_sink_log(const struct log_sink *sink);

#endif
