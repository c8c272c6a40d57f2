#include "archive/split_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "archive/file_pattern.h"
#include "base/temporary.h"
#include "base/text.h"

namespace argus {

Result<SplitFiles> SplitFiles::create(const SplitOptions& options) {
  SplitFiles out;
  out.base_ = options.names.base();
  out.existing_ = options.existing;
  out.files_max_ = options.files_max;
  constexpr rlim_t kOthers = 24;  // inputs, folders on the way, standard streams
  if (rlimit limit{}; ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < kSplitOpenMost + kOthers)
    out.open_most_ = limit.rlim_cur > kOthers ? limit.rlim_cur - kOthers : 1;
  ARGUS_TRY_LET(out.base_folder_, open_folder(out.base_, true));
  if (::faccessat(out.base_folder_.fd(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return fail(Errc::io, "{}: files cannot be made there: {}", escaped(out.base_), system_reason(errno));
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
    return fail(Errc::limit, "there would be more than {} files; split more coarsely, or raise --max-files",
                files_max_);
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

Result<int> SplitFiles::folder_of(const Output& out, File& below) const {
  std::string path = base_;
  int fd = base_folder_.fd();
  for (std::size_t level = 0; level + 1 < out.names.size(); level++) {
    path = path_below(path, out.names[level]);
    ARGUS_TRY_LET(below, open_folder_below(fd, out.names[level], escaped(path), true));
    fd = below.fd();
  }
  return fd;
}

std::string SplitFiles::path_of(const Output& out) const {
  std::string path = base_;
  for (const std::string& name : out.names) path = path_below(path, name);
  return escaped(path);
}

Result<> SplitFiles::check_replaced(const File& file) const {
  ARGUS_TRY(refuse_input(file));
  return check_replaceable(file);
}

Result<FileEnd> SplitFiles::open_file(Output& out) {
  File below;
  ARGUS_TRY_LET(const int folder, folder_of(out, below));
  const std::string& name = out.temporary.empty() ? out.names.back() : out.temporary;
  const std::string path = path_of(out);
  if (out.made || existing_ == ExistingFiles::appended) {
    ARGUS_TRY_LET(FileEnd end, open_to_append(folder, name, path));
    ARGUS_TRY(refuse_input(end.file));
    if (!out.made && end.end != 0) appended_++;
    return end;
  }
  const int there = ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (there < 0 && errno != ENOENT) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  if (there < 0) {
    ARGUS_TRY_LET(File file, make_locked(folder, name, path));
    return FileEnd{std::move(file), 0};
  }
  const File replaced(there, path);
  ARGUS_TRY(check_replaced(replaced));
  remove_left_temporaries(folder, name);
  ARGUS_TRY_LET(const std::string temporary, temporary_name(name));
  ARGUS_TRY_LET(File file, make_locked(folder, temporary, path));
  if (struct stat info{}; ::fstat(replaced.fd(), &info) == 0) take_owner_and_mode(file.fd(), info);
  out.temporary = temporary;
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

Result<> SplitFiles::close_open() {
  Result<> done;
  while (!recent_.empty()) {
    auto closed = close(*recent_.back());
    if (done) done = std::move(closed);
  }
  return !done || header_.live || made_ == 0 ? std::move(done) : sync_all();
}

Result<> SplitFiles::sync_all() const {
  if (::syncfs(base_folder_.fd()) == 0) return {};
  return fail(Errc::io, "{}: not all of the files may be on the disk: {}", escaped(base_), system_reason(errno));
}

Result<> SplitFiles::close_all() {
  ARGUS_TRY(close_open());
  for (const auto& [key, out] : outputs_) {
    if (out->temporary.empty()) continue;
    File below;
    ARGUS_TRY_LET(const int folder, folder_of(*out, below));
    const File there(::openat(folder, out->names.back().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC),
                     path_of(*out));
    if (there.is_open()) ARGUS_TRY(check_unlocked(there));
    if (::renameat(folder, out->temporary.c_str(), folder, out->names.back().c_str()) != 0)
      return fail(Errc::io, "{}: {}", path_of(*out), system_reason(errno));
    out->temporary.clear();
    replaced_++;
  }
  return replaced_ == 0 ? Result<>() : sync_all();  // their names as well
}

Result<> SplitFiles::close_new() {
  auto done = close_open();
  remove_temporaries();
  return done;
}

void SplitFiles::remove_temporaries() {
  for (const auto& [key, out] : outputs_) {
    File below;
    if (out->temporary.empty()) continue;
    if (const auto folder = folder_of(*out, below)) ::unlinkat(*folder, out->temporary.c_str(), 0);
    out->temporary.clear();
  }
}

}  // namespace argus
