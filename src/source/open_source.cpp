#include "source/open_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"
#include "base/stream.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "source/feed.h"
#include "source/foreign.h"
#include "source/kinds.h"

namespace argus {

namespace {

struct Kind {
  bool may_be_live;
  bool (*recognise)(Bytes);
  Result<OpenedKind> (*open)(InputStream, const SourceOptions&);
};
namespace words {  // of sources.def
inline constexpr bool may_be_live = true, whole = false;
}
constexpr auto kKinds = std::to_array<Kind>({
#define SOURCE(name, live, text) {words::live, &recognise_##name, &open_##name},
#include "source/sources.def"
});

// Of an input that is waited for. Whoever writes into a pipe mostly hears the same Ctrl-C and ends by itself: all that
// it says then is read, for a moment.
struct Ending {
  static constexpr Nanos kPatience = kSecond;
  const std::atomic<bool>* asked = nullptr;  // to end; may be null
  StopFlag given_up = std::make_shared<std::atomic<bool>>(false);
  std::optional<Nanos> asked_at;

  [[nodiscard]] bool is_due() {
    if (*given_up || asked == nullptr || !*asked) return *given_up;
    const Nanos now = steady_now();
    if (!asked_at) asked_at = now;
    if (now - *asked_at >= kPatience) *given_up = true;
    return *given_up;
  }
};
using EndingPtr = std::shared_ptr<Ending>;

struct Opened {
  InputStream stream;
  const Kind* kind;
  EndingPtr ending;  // of an input that is waited for
  File place;        // of a file: another descriptor, which tells how far it was read
};

struct OpenedSource {
  OpenedKind opened;
  const Kind* kind;
  EndingPtr ending;  // of what is waited for here, and not on a thread
};

Result<OpenedSource> open_kind(Opened opened, const SourceOptions& options) {
  ARGUS_TRY_LET(OpenedKind out, opened.kind->open(std::move(opened.stream), options));
  // Flows that come when they come are read on a thread, so that those before them are seen meanwhile.
  const bool waits = opened.ending && opened.kind->may_be_live && (options.follow || out.source->header().live);
  if (waits) return OpenedSource{{in_background(std::move(out.source), opened.ending->given_up)}, opened.kind, nullptr};
  return OpenedSource{std::move(out), opened.kind, std::move(opened.ending)};
}

// Something to read, or the end, came within the time in which a stop is to be seen.
bool has_more(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(kStopSeen / kMillisecond)) > 0;
}

// Waits for bytes in a pipe or socket, and at the end of a file for as long as somebody writes it.
Result<bool> await_more(int fd, Ending& ending) {
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
  return fail(Errc::closed, "interrupted before there was anything to read");
}

Result<Opened> recognise(const std::string& path, const SourceOptions& options) {
  const bool from_pipe = path == "-";
  File file;
  if (from_pipe) file = standard_input();
  else {
    ARGUS_TRY_LET(file, open_read(path));
  }
  struct stat info {};
  const bool is_file = ::fstat(file.fd(), &info) == 0 && S_ISREG(info.st_mode);
  EndingPtr ending;
  InputStream::Wait wait;
  if (!is_file) ARGUS_TRY(await_first(file.fd(), options));
  if (!is_file || options.follow) {
    ending = std::make_shared<Ending>();
    ending->asked = options.stop;
    wait = [ending](int fd) { return await_more(fd, *ending); };
  }
  File place;
  if (is_file) place = File(::fcntl(file.fd(), F_DUPFD_CLOEXEC, 0), path);
  ARGUS_TRY_LET(InputStream stream, InputStream::open(std::move(file), std::move(wait)));
  ARGUS_TRY_LET(const Bytes head, stream.peek(kHeadBytes));
  if (head.empty() && from_pipe) return fail(Errc::foreign, "{} ended before any record", stream.name());
  if (head.empty()) return fail(Errc::foreign, "{}: the file is empty", stream.name());
  for (const Kind& kind : kKinds)
    if (kind.recognise(head)) return Opened{std::move(stream), &kind, std::move(ending), std::move(place)};
  return foreign_input(stream.name(), head, from_pipe);
}

bool is_growing(const std::string& path) {
  if (path == "-") return false;
  const auto file = open_read(path);
  return file && is_being_written(file->fd());
}

constexpr std::size_t kFoldersMost = 16;  // one in the other

// Adds the files below a folder; hidden ones are passed over, and folders behind links, which may lead in circles.
Result<> add_files_of(const std::string& folder, std::size_t depth, std::vector<std::string>& out) {
  DIR* dir = ::opendir(folder.c_str());
  if (dir == nullptr) return fail(Errc::io, "{}: {}", folder, system_reason(errno));
  std::vector<std::string> folders;
  while (const dirent* entry = ::readdir(dir)) {
    const std::string name = entry->d_name;
    if (name[0] == '.') continue;
    const std::string path = folder + "/" + name;
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) out.push_back(path);
    else if (::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) folders.push_back(path);
  }
  ::closedir(dir);
  if (depth == kFoldersMost && !folders.empty())
    return fail(Errc::limit, "{}: more than {} folders deep", folder, depth);
  for (const std::string& below : folders) ARGUS_TRY(add_files_of(below, depth + 1, out));
  return {};
}

struct InputPath {
  std::string path;
  std::string folder = {};  // that was named in its place
};

// Adds the files of a folder and of those in it, in the order of their names.
Result<> add_folder(const std::string& folder, std::vector<InputPath>& out) {
  std::vector<std::string> files;
  ARGUS_TRY(add_files_of(folder, 1, files));
  std::sort(files.begin(), files.end());
  if (files.empty()) return fail(Errc::io, "{}: no files in this folder", folder);
  for (std::string& path : files) out.push_back({std::move(path), folder});
  return {};
}

// Files of folders that are neither flow files nor captures, which a folder may well have.
class SkippedFiles {
 public:
  void add(const InputPath& input) {
    skipped_[input.folder].push_back(input.path.substr(std::min(input.folder.size() + 1, input.path.size())));
  }
  // A sentence for each folder; `code` says what they amount to.
  void say(Errc code, std::vector<Error>& out) const {
    for (const auto& [folder, names] : skipped_) {
      std::vector<std::string> some(names.begin(), names.begin() + std::min<std::ptrdiff_t>(kNamed, std::ssize(names)));
      std::string text = escaped(joined(some, ", "));
      if (names.size() > some.size()) text += fmt::format(" and {} more", names.size() - some.size());
      out.push_back(names.size() == 1
                        ? fail(code, "1 file in {} is neither a flow file nor a capture and was skipped: {}",
                               escaped(folder), text)
                        : fail(code, "{} files in {} are neither flow files nor captures and were skipped: {}",
                               names.size(), escaped(folder), text));
    }
  }

 private:
  static constexpr std::ptrdiff_t kNamed = 5;
  std::map<std::string, std::vector<std::string>> skipped_;
};

// Inputs one after the other, each opened when its turn comes.
class Inputs final : public Source {
 public:
  Inputs(std::vector<InputPath> paths, std::vector<Error> problems, const SourceOptions& options)
      : paths_(std::move(paths)), options_(options), problems_(std::move(problems)) {}

  // Opens the first input that can be used; the error of the first when none can.
  Result<> start() {
    open_next();
    if (!current_) {
      skipped_.say(Errc::foreign, problems_);
      if (problems_.empty()) return fail(Errc::usage, "no input");
      return std::move(problems_.front());
    }
    header_ = current_->header();
    // Flow files after the first may be of other sensors; records name theirs.
    if (paths_.size() > 1 && continues_ == nullptr) header_.sensor.clear();
    return {};
  }

  void accept_raw_frames(const RawFrameRequest& request) override {
    raw_ = request;
    current_->accept_raw_frames(request);
  }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    resources_ = resources;
    return bind_current();
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
    if (current_) current_->drain(out);
  }
  std::vector<Error> problems() const override {
    std::vector<Error> out = problems_;
    skipped_.say(Errc::closed, out);
    if (current_)
      for (const Error& error : current_->problems()) out.push_back(error);
    return out;
  }

 private:
  [[nodiscard]] Result<Opened> open_at();
  void open_next();
  void take(OpenedSource source);
  void not_opened(Error why);
  [[nodiscard]] Result<> bind_current();
  [[nodiscard]] Progress progress() const;
  [[nodiscard]] Step end() const {
    if (options_.progress) *options_.progress = progress();
    return Step::end;
  }
  [[nodiscard]] bool stopped() const { return resources_.stop != nullptr && *resources_.stop; }
  [[nodiscard]] const std::atomic<bool>* stop_of(const EndingPtr& ending);
  void join(Continuable& traffic);
  void leave();
  void advance();

  std::vector<InputPath> paths_;
  SkippedFiles skipped_;
  std::size_t at_ = 0;
  std::optional<Opened> looked_at_;  // of paths_[at_], recognised but not taken
  SourceOptions options_;
  SourcePtr current_;
  const Measured* measured_ = nullptr;  // current_, where it is one
  Continuable* continues_ = nullptr;    // likewise
  const Kind* kind_ = nullptr;          // of it
  File place_;                          // of the input that is read
  EndingPtr ending_;                    // of it, where it is waited for here
  std::vector<EndingPtr> endings_;      // of those before it, to which their sources point
  Progress left_;                       // of the inputs that were left
  StreamHeader header_;
  RawFrameRequest raw_;
  Needs needs_;
  Resources resources_;
  Journal journal_;
  std::vector<Error> problems_;
};

Result<Opened> Inputs::open_at() {
  if (!looked_at_) return recognise(paths_[at_].path, options_);
  Opened out = *std::move(looked_at_);
  looked_at_.reset();
  return out;
}

// Of paths_[at_]; in a folder, other files are no trouble.
void Inputs::not_opened(Error why) {
  if (why.code == Errc::foreign && !paths_[at_].folder.empty()) skipped_.add(paths_[at_]);
  else problems_.push_back(std::move(why));
}

void Inputs::open_next() {
  while (!current_ && at_ < paths_.size()) {
    auto opened = open_at();
    if (!opened) not_opened(std::move(opened.error()));
    at_++;
    if (!opened) continue;
    place_ = std::move(opened->place);
    auto source = open_kind(*std::move(opened), options_);
    if (source) take(*std::move(source));
    else problems_.push_back(std::move(source.error()));
  }
}

void Inputs::take(OpenedSource source) {
  current_ = std::move(source.opened.source);
  measured_ = source.opened.measured;
  continues_ = source.opened.continues;
  kind_ = source.kind;
  ending_ = std::move(source.ending);
}

// Takes over what the finished input has to say.
void Inputs::leave() {
  current_->drain(journal_);
  if (measured_ != nullptr) {
    const Progress last = measured_->progress();
    left_.cut = left_.cut || last.cut;
    left_.packets += last.packets, left_.records += last.records;
  }
  for (Error& error : current_->problems()) problems_.push_back(std::move(error));
  take({});
}

void Inputs::advance() {
  leave();
  if (stopped()) {
    left_.cut = left_.cut || at_ < paths_.size();
    return;
  }
  for (open_next(); current_; open_next()) {
    current_->accept_raw_frames(raw_);
    auto bound = bind_current();
    if (bound) return;
    problems_.push_back(std::move(bound.error()));
    leave();
  }
}

// What ends an input: where it is waited for, its writer's end or our patience.
const std::atomic<bool>* Inputs::stop_of(const EndingPtr& ending) {
  if (!ending) return resources_.stop;
  ending->asked = resources_.stop;
  endings_.push_back(ending);
  return ending->given_up.get();
}

Result<> Inputs::bind_current() {
  Resources resources = resources_;
  resources.stop = stop_of(ending_);
  return current_->bind(needs_, resources);
}

// Of a file.
std::optional<std::uint64_t> bytes_of_input(const std::string& path) {
  struct stat info {};
  const bool known = path == "-" ? ::fstat(STDIN_FILENO, &info) == 0 : ::stat(path.c_str(), &info) == 0;
  if (!known || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

Progress Inputs::progress() const {
  Progress out = left_;
  if (options_.follow) out.cut = false;
  bool files = true;
  for (std::size_t i = 0; i < paths_.size(); i++) {
    const auto bytes = bytes_of_input(paths_[i].path);
    files = files && bytes;
    out.bytes_whole += bytes.value_or(0);
    if (i + 1 < at_) out.bytes += bytes.value_or(0);
  }
  if (place_.is_open()) out.bytes += static_cast<std::uint64_t>(std::max<off_t>(::lseek(place_.fd(), 0, SEEK_CUR), 0));
  if (!files) out.bytes = out.bytes_whole = 0;
  return out;
}

// The next capture goes on where this one ended; anything else ends the traffic.
void Inputs::join(Continuable& traffic) {
  while (at_ < paths_.size() && !stopped()) {
    auto opened = open_at();
    if (opened && opened->kind != kind_) {
      looked_at_ = *std::move(opened);  // kept, as a pipe can be looked at only once
      break;
    }
    if (!opened) not_opened(std::move(opened.error()));
    at_++;
    if (!opened) continue;
    place_ = std::move(opened->place);
    auto joined_in = traffic.go_on(std::move(opened->stream), stop_of(opened->ending));
    if (joined_in) return;
    problems_.push_back(std::move(joined_in.error()));
  }
  if (stopped() && at_ < paths_.size()) left_.cut = true;
  traffic.conclude();
}

Result<Step> Inputs::next(Batch& out) {
  for (;;) {
    if (!current_) return end();
    auto step = current_->next(out);
    if (!step) {
      // One input broke; the others are still good.
      problems_.push_back(std::move(step.error()));
      advance();
      continue;
    }
    if (*step == Step::end) {
      advance();
      continue;
    }
    if (continues_ != nullptr && continues_->exhausted()) join(*continues_);
    return *step;
  }
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
    auto inside = add_folder(folder, files);
    if (!inside) problems.push_back(std::move(inside.error()));
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
  auto inputs = std::make_unique<Inputs>(std::move(files), std::move(problems), own);
  ARGUS_TRY(inputs->start());
  return SourcePtr(std::move(inputs));
}

}  // namespace argus
