#include "source/open_source.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/file.h"
#include "source/input_sequence.h"

namespace argus {

namespace {

bool is_growing(const std::string& path) {
  struct stat info {};
  if (path == "-" || ::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  const auto file = open_read(path);
  return file && is_being_written(file->fd());
}

constexpr std::size_t kFoldersMost = 16;  // one in the other

// Adds the files below a folder; hidden ones are passed over, and folders behind links, which may lead in circles. What
// cannot be read is a problem, and the rest is there.
void add_files_of(const std::string& folder, std::size_t depth, std::vector<std::string>& out,
                  std::vector<Error>& problems) {
  DIR* dir = ::opendir(folder.c_str());
  if (dir == nullptr) {
    problems.push_back(fail(Errc::io, "{}: {}", folder, system_reason(errno)));
    return;
  }
  std::vector<std::string> folders;
  bool shut = false;
  while (const dirent* entry = ::readdir(dir)) {
    const std::string name = entry->d_name;
    if (name[0] == '.') continue;
    const std::string path = folder + "/" + name;
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) out.push_back(path);
    else if (::lstat(path.c_str(), &info) != 0) shut |= errno == EACCES;
    else if (S_ISDIR(info.st_mode)) folders.push_back(path);
  }
  ::closedir(dir);
  if (shut) problems.push_back(fail(Errc::io, "{}: its files cannot be opened: {}", folder, system_reason(EACCES)));
  if (depth == kFoldersMost && !folders.empty()) {
    problems.push_back(fail(Errc::limit, "{}: more than {} folders deep", folder, depth));
    return;
  }
  for (const std::string& below : folders) add_files_of(below, depth + 1, out, problems);
}

// Adds the files of a folder and of those in it, in the order of their names.
void add_folder(const std::string& folder, std::vector<InputPath>& out, std::vector<Error>& problems) {
  std::vector<std::string> files;
  const std::size_t before = problems.size();
  add_files_of(folder, 1, files, problems);
  std::sort(files.begin(), files.end());
  if (files.empty() && problems.size() == before)
    problems.push_back(fail(Errc::io, "{}: no files in this folder", folder));
  for (std::string& path : files) out.push_back({std::move(path), folder});
}

std::vector<InputPath> paths_of(const std::vector<std::string>& paths, std::vector<Error>& problems) {
  std::vector<InputPath> files;
  for (const std::string& path : paths) {
    struct stat info {};
    if (path == "-" || ::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
      files.push_back({path});
      continue;
    }
    std::string folder = path;
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    add_folder(folder, files, problems);
  }
  return files;
}

}  // namespace

std::vector<std::string> input_files(const std::vector<std::string>& paths, std::vector<Error>& problems) {
  std::vector<std::string> files;
  for (InputPath& file : paths_of(paths, problems)) files.push_back(std::move(file.path));
  return files;
}

Result<SourcePtr> open_source(const std::vector<std::string>& paths, const SourceOptions& options) {
  std::vector<Error> problems;
  std::vector<InputPath> files = paths_of(paths, problems);
  SourceOptions own = options;
  if (own.follow_written)
    own.follow |= std::any_of(files.begin(), files.end(), [](const InputPath& file) { return is_growing(file.path); });
  auto inputs = std::make_unique<InputSequence>(std::move(files), std::move(problems), own);
  ARGUS_TRY(inputs->start());
  return SourcePtr(std::move(inputs));
}

}  // namespace argus
