#include "sink/split_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "sink/file_pattern.h"

namespace argus {

Result<SplitFiles> SplitFiles::create(const SplitOptions& options) {
  SplitFiles out;
  out.base_ = options.names.base();
  out.append_ = options.append;
  out.files_max_ = options.files_max;
  constexpr rlim_t kOthers = 24;  // inputs, folders on the way, standard streams
  if (rlimit limit{}; ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < kSplitOpenMost + kOthers)
    out.open_most_ = limit.rlim_cur > kOthers ? limit.rlim_cur - kOthers : 1;
  ARGUS_TRY_LET(out.base_folder_, open_folder(out.base_, true));
  if (::faccessat(out.base_folder_.fd(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return fail(Errc::io, "{}: no files can be made there: {}", escaped(out.base_), system_reason(errno));
  for (const std::string& path : options.inputs) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0) out.inputs_.push_back({info.st_dev, info.st_ino});
  }
  return out;
}

Result<SplitFiles::Output*> SplitFiles::output(std::vector<std::string> names) {
  std::string key = joined(names, "/");
  if (const auto known = outputs_.find(key); known != outputs_.end()) return known->second.get();
  if (outputs_.size() >= files_max_)
    return fail(Errc::limit, "more than {} files; split by less, or raise --max-files", files_max_);
  auto fresh = std::make_unique<Output>();
  fresh->names = std::move(names);
  return outputs_.emplace(std::move(key), std::move(fresh)).first->second.get();
}

Result<> SplitFiles::refuse_input(const File& file) const {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return fail(Errc::io, "{}: {}", file.path(), system_reason(errno));
  for (const Identity& input : inputs_)
    if (input.device == info.st_dev && input.inode == info.st_ino)
      return fail(Errc::usage, "-w: {} is also an input", file.path());
  return {};
}

Result<FileEnd> SplitFiles::open_file(const Output& out) const {
  std::string path = base_;
  File folder;
  int fd = base_folder_.fd();
  for (std::size_t level = 0; level + 1 < out.names.size(); level++) {
    path = path_below(path, out.names[level]);
    ARGUS_TRY_LET(folder, open_folder_below(fd, out.names[level], escaped(path), true));
    fd = folder.fd();
  }
  const std::string& name = out.names.back();
  path = escaped(path_below(path, name));
  if (append_ || out.made) {
    ARGUS_TRY_LET(FileEnd end, open_to_append(fd, name, path));
    ARGUS_TRY(refuse_input(end.file));
    return end;
  }
  struct stat info {};
  if (::fstatat(fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
    return fail(Errc::io, "{}: exists; --append adds to files that exist", path);
  ARGUS_TRY_LET(File file, make_locked(fd, name, path));
  return FileEnd{std::move(file), 0};
}

Result<FlowSink*> SplitFiles::open(Output& out) {
  if (out.sink) {
    recent_.splice(recent_.begin(), recent_, out.place);
    return out.sink.get();
  }
  if (recent_.size() >= open_most_) ARGUS_TRY(close(*recent_.back()));
  ARGUS_TRY_LET(FileEnd end, open_file(out));
  if (!out.made) made_++;
  out.made = true;
  // Files of a stream that goes on are finished one by one; those of one that ends are synced together.
  auto sink = std::make_unique<FlowSink>(std::move(end.file), end.end, header_.live);
  ARGUS_TRY(sink->begin(header_));
  out.sink = std::move(sink);
  out.place = recent_.insert(recent_.begin(), &out);
  return out.sink.get();
}

Result<> SplitFiles::close(Output& out) {
  if (!out.sink) return {};
  recent_.erase(out.place);
  const auto sink = std::move(out.sink);
  return sink->finish();
}

Result<> SplitFiles::close_all() {
  Result<> done;
  while (!recent_.empty()) {
    auto closed = close(*recent_.back());
    if (done) done = std::move(closed);
  }
  if (!done || header_.live || made_ == 0) return done;
  if (::syncfs(base_folder_.fd()) == 0) return {};
  return fail(Errc::io, "{}: not all of the files may be on the disk: {}", escaped(base_), system_reason(errno));
}

}  // namespace argus
