#include "archive/pattern_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>

#include "sink/flow_place.h"

namespace argus {

namespace {

std::vector<std::string> names_in(const File& folder) {
  std::vector<std::string> out;
  // A descriptor of its own: reading moves the place in the folder.
  const int fd = ::openat(folder.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return out;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(::fdopendir(fd), ::closedir);
  if (!list) {
    ::close(fd);
    return out;
  }
  while (const dirent* entry = ::readdir(list.get())) out.emplace_back(entry->d_name);
  return out;
}

void walk(const FilePattern& pattern, const File& folder, std::string_view suffix, std::vector<std::string>& names,
          const FileVisit& visit) {
  const std::size_t level = names.size();
  const bool files = level + 1 == pattern.levels();
  for (const std::string& name : names_in(folder)) {
    std::string_view shape = name;
    if (files) {
      if (!shape.ends_with(suffix)) continue;
      shape.remove_suffix(suffix.size());
    }
    if (!pattern.matches(level, shape)) continue;
    names.push_back(name);
    if (files) {
      visit(folder, names);
    } else if (auto below = open_folder_below(folder.fd(), name, name, false)) {
      walk(pattern, *below, suffix, names, visit);
    }
    names.pop_back();
  }
}

}  // namespace

void walk_pattern(const FilePattern& pattern, const File& base, std::string_view suffix, const FileVisit& visit) {
  std::vector<std::string> names;
  walk(pattern, base, suffix, names, visit);
}

}  // namespace argus
