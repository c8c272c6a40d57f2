#include "source/recognise.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include "base/bytes.h"
#include "base/text.h"
#include "net/dial.h"
#include "source/foreign.h"

namespace argus {

struct SourceKind {
  bool may_be_live;
  bool (*recognise)(Bytes);
  Result<OpenedKind> (*open)(InputStream, const SourceOptions&);
  Result<> (*inspect)(InspectedInput, const InspectOptions&, InputFacts&);
  std::string_view name;
};
namespace {

namespace words {  // of sources.def
inline constexpr bool may_be_live = true, whole = false;
}
constexpr auto kKinds = std::to_array<SourceKind>({
#define SOURCE(name, live, text) {words::live, &recognise_##name, &open_##name, &inspect_##name, #name},
#include "source/sources.def"
});

// Something to read, or the end, came within the time in which a stop is to be seen.
bool has_more(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(kStopSeen / kMillisecond)) > 0;
}

// Waits for bytes in a pipe or socket, and at the end of a file for as long as somebody writes it.
Result<bool> await_more(int fd, InputEnding& ending) {
  struct stat info {};
  for (const bool grows = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode); !ending.is_due();) {
    if (!grows) {
      if (has_more(fd)) return true;
      continue;
    }
    if (!is_being_written(fd)) return true;  // what was written until then is read
    if (::fstat(fd, &info) == 0 && info.st_size > ::lseek(fd, 0, SEEK_CUR)) return true;
    std::this_thread::sleep_for(std::chrono::nanoseconds(kStopSeen));
  }
  return false;
}

// The first that a pipe or socket says, which may be long after it was opened.
Result<> await_first(int fd, const SourceOptions& options) {
  while (options.stop == nullptr || !*options.stop)
    if (has_more(fd)) return {};
  if (options.progress) options.progress->cut = !options.follow;
  return fail(Errc::interrupted, "interrupted before there was anything to read");
}

// "tcp://HOST:PORT": whoever answers there sends a capture or records, as a pipe does.
constexpr std::string_view kTcp = "tcp://";

Result<File> connected(const std::string& path, const SourceOptions& options) {
  const std::string_view place = std::string_view(path).substr(kTcp.size());
  auto endpoint = parse_endpoint(place);
  const bool has_port = endpoint && endpoint->transport == Transport::tcp &&
                        place.ends_with(fmt::format(":{}", endpoint->port)) &&
                        (place.starts_with('[') || endpoint->host.find(':') == std::string::npos);
  if (!has_port) return fail(Errc::usage, "'{}': write tcp://HOST:PORT or tcp://[ADDRESS]:PORT", escaped(path));
  DialOptions call;
  call.stop = options.stop;
  auto file = dial_plain(*endpoint, call);
  if (!file) return while_doing(path, std::move(file.error()));
  return File(file->release(), path);
}

Result<File> opened_file(const std::string& path, const SourceOptions& options) {
  if (path == "-") return standard_input();
  return names_connection(path) ? connected(path, options) : open_read_at_once(path);
}

}  // namespace

bool names_connection(std::string_view path) { return path.starts_with(kTcp); }

bool InputEnding::is_due() {
  if (*given_up || asked == nullptr || !*asked) return *given_up;
  const Nanos now = steady_now();
  if (!asked_at) asked_at = now;
  if (now - *asked_at >= kPatience) *given_up = true;
  return *given_up;
}

Result<OpenedInput> recognise(const std::string& path, const SourceOptions& options) {
  const bool from_pipe = path == "-";
  ARGUS_TRY_LET(File file, opened_file(path, options));
  struct stat info {};
  const bool is_file = ::fstat(file.fd(), &info) == 0 && S_ISREG(info.st_mode);
  EndingPtr ending;
  InputStream::Wait wait;
  if (!is_file) ARGUS_TRY(await_first(file.fd(), options));
  if (!from_pipe) make_waiting(file);
  if (!is_file || options.follow) {
    ending = std::make_shared<InputEnding>();
    ending->asked = options.stop;
    wait = [ending](int fd) { return await_more(fd, *ending); };
  }
  File place;
  if (is_file) place = File(::fcntl(file.fd(), F_DUPFD_CLOEXEC, 0), path);
  ARGUS_TRY_LET(InputStream stream, InputStream::open(std::move(file), std::move(wait)));
  ARGUS_TRY_LET(const Bytes head, stream.peek(kHeadBytes));
  if (head.empty() && from_pipe) return fail(Errc::foreign, "{} ended before any record", stream.name());
  if (head.empty()) return fail(Errc::foreign, "{}: the file is empty", stream.name());
  // Text tells what it is by its whole first line.
  const Bytes seen = stream.buffered();
  for (const SourceKind& kind : kKinds)
    if (kind.recognise(seen.size() < head.size() ? head : seen))
      return OpenedInput{std::move(stream), &kind, std::move(ending), std::move(place)};
  return foreign_input(stream.name(), head, from_pipe);
}

Result<OpenedSource> open_kind(OpenedInput opened, const SourceOptions& options) {
  ARGUS_TRY_LET(OpenedKind out, opened.kind->open(std::move(opened.stream), options));
  // Flows that come when they come are read on a thread, so that those before them are seen meanwhile.
  const bool waits = opened.ending && opened.kind->may_be_live && (options.follow || out.source->header().live);
  if (waits) return OpenedSource{{in_background(std::move(out.source), opened.ending->given_up)}, opened.kind, nullptr};
  return OpenedSource{std::move(out), opened.kind, std::move(opened.ending)};
}

Result<InputFacts> inspect_kind(OpenedInput opened, const InspectOptions& options) {
  InputFacts facts;
  facts.kind = opened.kind->name;
  facts.name = opened.stream.name();
  facts.compressed = opened.stream.is_compressed();
  ARGUS_TRY(opened.kind->inspect({std::move(opened.stream), opened.place}, options, facts));
  struct stat info {};
  const bool is_file = opened.place.is_open() && ::fstat(opened.place.fd(), &info) == 0;
  facts.bytes = is_file ? static_cast<std::uint64_t>(info.st_size) : facts.unpacked;
  return facts;
}

}  // namespace argus
