#include "sink/flow_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "sink/flow_place.h"
#include "sink/flow_sink.h"

namespace argus {

namespace {

Result<SinkPtr> appending_sink(const std::string& path) {
  ARGUS_TRY_LET(FileEnd out, open_to_append(path));
  return SinkPtr(std::make_unique<FlowSink>(std::move(out.file), out.end, true));
}

// A mistyped name costs nobody a capture, a letter or what a sensor is about to write.
Result<> check_replaceable(const std::string& path) {
  const auto file = open_read(path);
  if (!file) return {};  // one that cannot be read is whoever's may replace it
  return check_replaceable(*file);
}

}  // namespace

Result<SinkPtr> flow_file_sink(const std::string& path, FlowFileMode mode) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
    // Devices and named pipes are written as they are.
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
    return SinkPtr(std::make_unique<FlowSink>(File(fd, path)));
  }
  if (mode == FlowFileMode::append) return appending_sink(path);
  if (exists && S_ISREG(info.st_mode)) ARGUS_TRY(check_replaceable(path));
  ARGUS_TRY_LET(Replacement whole, Replacement::create(path));
  return SinkPtr(std::make_unique<FlowSink>(std::move(whole)));
}

SinkPtr flow_stream_sink(File out) { return std::make_unique<FlowSink>(std::move(out)); }

}  // namespace argus
