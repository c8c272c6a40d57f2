// What a program asks the disk to keep. A test that names this has calls of fsync, fdatasync and syncfs noted, and
// refused where it says so.
#pragma once

#include <string>
#include <vector>

namespace argus {

struct DiskWatch {
  std::vector<std::string> synced;  // names of what was synced, in order
  int refuse = 0;                   // errno of all further calls; 0: they are made
};
[[nodiscard]] DiskWatch& disk_watch();  // of the process

}  // namespace argus
