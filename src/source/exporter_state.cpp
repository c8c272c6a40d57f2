#include "source/exporter_state.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace argus {

namespace {

constexpr std::size_t kStateMost = 256u << 20;  // bytes of a file that is read
constexpr std::size_t kPiece = 1u << 16;

}  // namespace

Result<ExporterState> ExporterState::open(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return fail(Errc::io, "--state {}: {}", folder, system_reason(errno));
  ExporterState out;
  out.path_ = folder + "/exporters.state";
  return out;
}

Result<> ExporterState::restore(Collector& collector) const {
  if (path_.empty() || ::access(path_.c_str(), F_OK) != 0) return {};
  ARGUS_TRY_LET(const File file, open_read(path_));
  std::string text;
  std::string piece(kPiece, '\0');
  for (;;) {
    const ssize_t n = ::read(file.fd(), piece.data(), piece.size());
    if (n < 0) return fail(Errc::io, "{}: {}", path_, system_reason(errno));
    if (n == 0) break;
    text.append(piece, 0, static_cast<std::size_t>(n));
    if (text.size() > kStateMost) return fail(Errc::corrupt, "{}: larger than what is ever written there", path_);
  }
  if (auto done = collector.restore(text); !done) return while_doing(path_, std::move(done.error()));
  return {};
}

Result<> ExporterState::keep(const Collector& collector) {
  if (path_.empty()) return {};
  std::string text = collector.state();
  if (text == kept_) return {};
  ARGUS_TRY_LET(Replacement file, Replacement::create(path_));
  ARGUS_TRY(file.file().write(text));
  ARGUS_TRY(file.commit());
  kept_ = std::move(text);
  return {};
}

}  // namespace argus
