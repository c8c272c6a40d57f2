// Names of files that are written beside the one that they are to replace. They are hidden, so that nobody who reads
// the folder takes half an answer, or one that is there twice, for data.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace argus {

// ".day.flows.0123abcd.part" for "day.flows", another one each time. Errc::io where the system has no randomness.
[[nodiscard]] Result<std::string> temporary_name(std::string_view name);

// Says to remove_left_temporaries() of other processes that this one is still at work, while `fd` is open for writing.
void mark_in_use(int fd);

// Gives the file the owner, the group and the mode of what it is to replace, as far as this process may. Where it gets
// another group, that may not do what the former one might.
void take_owner_and_mode(int fd, const struct stat& replaced);

// Removes the temporaries of `name` in an open folder that killed processes left: those that nobody has marked, and
// that are a minute old or more. What cannot be removed stays.
void remove_left_temporaries(int folder, std::string_view name);

}  // namespace argus
