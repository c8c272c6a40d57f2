// Records to argus, text to everyone else: how the two ends of a pipe recognise each other (docs/pipes.md).
#pragma once

#include <chrono>

namespace argus {

// Whether records may come from this input that nobody named: a pipe, a socket or a file, not a terminal or /dev/null.
[[nodiscard]] bool may_have_records(int fd);

// A reader of records says so: it holds a POSIX record lock on its standard input, when that is a pipe. The lock
// lives on the pipe's inode, is seen from the other end, and ends with the process.
void announce_record_reader(int fd);

// Whether records should go to this output: it is a pipe and a reader of records holds the other end. Waits for one
// that is still being started, 40 ms from the process's start, up to 2 s while there are signs that one is coming.
// ARGUS_PIPE=explicit or =text answers no at once, =records yes for any pipe.
[[nodiscard]] bool reader_takes_records(int fd, std::chrono::steady_clock::time_point started);

}  // namespace argus
