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
#include "base/pool.h"
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
    ARGUS_TRY_LET(file, open_read_at_once(path));
  }
  struct stat info {};
  const bool is_file = ::fstat(file.fd(), &info) == 0 && S_ISREG(info.st_mode);
  EndingPtr ending;
  InputStream::Wait wait;
  if (!is_file) ARGUS_TRY(await_first(file.fd(), options));
  if (!from_pipe) make_waiting(file);
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

struct InputPath {
  std::string path;
  std::string folder = {};  // that was named in its place
};

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
class Inputs final : public Source, public Measured {
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
  std::vector<SourcePtr> split(std::size_t n) override;
  const Measured* measured() const override { return this; }
  Progress progress() const override;
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
  class Part;

  [[nodiscard]] Result<Opened> open_at();
  void open_next();
  void take(OpenedSource source);
  void not_opened(Error why);
  [[nodiscard]] Result<> bind_current();
  [[nodiscard]] Step end() const {
    if (options_.progress) *options_.progress = progress();
    return Step::end;
  }
  [[nodiscard]] bool stopped() const { return resources_.stop != nullptr && *resources_.stop; }
  [[nodiscard]] const std::atomic<bool>* stop_of(const EndingPtr& ending);
  void join(Continuable& traffic);
  void leave();
  void advance();
  [[nodiscard]] std::optional<Step> pull(Batch& out);
  void divide();
  // For a part: what the present input is divided into, once nobody reads the one before any more; or, of an input that
  // cannot be divided, what it gives.
  [[nodiscard]] bool is_ready() const { return at_work_ == 0 || !parts_.empty(); }
  [[nodiscard]] Step next_apart(Batch& out, SourcePtr& part);
  void leave_part();

  std::vector<InputPath> paths_;
  SkippedFiles skipped_;
  std::size_t at_ = 0;
  std::optional<Opened> looked_at_;  // of paths_[at_], recognised but not taken
  SourceOptions options_;
  SourcePtr current_;
  Continuable* continues_ = nullptr;  // current_, where it is one
  const Kind* kind_ = nullptr;        // of it
  File place_;                        // of the input that is read
  EndingPtr ending_;                  // of it, where it is waited for here
  std::vector<EndingPtr> endings_;    // of those before it, to which their sources point
  Progress left_;                     // of the inputs that were left
  StreamHeader header_;
  RawFrameRequest raw_;
  Needs needs_;
  Resources resources_;
  Journal journal_;
  std::vector<Error> problems_;
  std::size_t parts_most_ = 0;    // 0: inputs are read as they are
  std::vector<SourcePtr> parts_;  // of the present input, those that nobody reads yet
  std::size_t at_work_ = 0;       // those that are being read
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
    if (source) take(*std::move(source)), left_.read.files++;
    else problems_.push_back(std::move(source.error()));
  }
}

void Inputs::take(OpenedSource source) {
  current_ = std::move(source.opened.source);
  continues_ = source.opened.continues;
  kind_ = source.kind;
  ending_ = std::move(source.ending);
}

void add_read(Progress& all, const Progress& one) {
  all.packets += one.packets, all.records += one.records;
  all.read = sum_of(all.read, one.read);
}

// Takes over what the finished input has to say.
void Inputs::leave() {
  current_->drain(journal_);
  if (const Measured* measured = current_->measured()) {
    const Progress last = measured->progress();
    // The end of a pipe that is given up is where it was given up.
    left_.cut = left_.cut || (last.cut && !(last.ended && !ending_));
    add_read(left_, last);
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
    if (bound) return divide();
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
  if (const Measured* measured = current_ ? current_->measured() : nullptr) add_read(out, measured->progress());
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
    if (joined_in) {
      left_.read.files++;
      return;
    }
    problems_.push_back(std::move(joined_in.error()));
  }
  if (stopped() && at_ < paths_.size()) left_.cut = true;
  traffic.conclude();
}

// Nothing where the present input has no more to give, and the next one is there, if any.
std::optional<Step> Inputs::pull(Batch& out) {
  if (!current_) return end();
  auto step = current_->next(out);
  if (!step) problems_.push_back(std::move(step.error()));  // this input broke; the others are still good
  if (!step || *step == Step::end) {
    advance();
    return std::nullopt;
  }
  if (current_->measured() == nullptr) left_.read.rows_kept += out.rows();  // it is read on another thread
  out.set_ordinal({at_ - 1, out.ordinal().frame});
  if (continues_ != nullptr && continues_->exhausted()) join(*continues_);
  return *step;
}

Result<Step> Inputs::next(Batch& out) {
  for (;;)
    if (const auto step = pull(out)) return *step;
}

// Reads inputs together with others: a part of each that can be divided, and of all others what comes when it is its
// turn.
class Inputs::Part final : public Source {
 public:
  using Shared = Guarded<Inputs*>;
  Part(const Inputs& inputs, std::shared_ptr<Shared> shared) : inputs_(inputs), shared_(std::move(shared)) {}
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() override {
    if (part_) leave();
  }

  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return inputs_.header(); }
  Result<Step> next(Batch& out) override {
    for (;;) {
      if (!part_) {
        const Step step = shared_->use_when([](const Inputs* inputs) { return inputs->is_ready(); },
                                            [&](Inputs* inputs) {
                                              const Step got = inputs->next_apart(out, part_);
                                              input_ = inputs->at_ - 1;
                                              return got;
                                            });
        if (!part_) return step;
      }
      const auto step = part_->next(out);
      if (step && *step != Step::end) {
        out.set_ordinal({input_, out.ordinal().frame});
        return *step;
      }
      leave();  // an error is told by the input itself
    }
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  void leave() {
    part_.reset();
    shared_->use([](Inputs* inputs) { inputs->leave_part(); });
  }

  const Inputs& inputs_;
  std::shared_ptr<Shared> shared_;
  SourcePtr part_;  // of an input, which it is the end of in its time
  std::uint64_t input_ = 0;
};

std::vector<SourcePtr> Inputs::split(std::size_t n) {
  if (options_.follow) return {};
  parts_most_ = n;
  divide();
  if (parts_.empty() && at_ == paths_.size()) {
    parts_most_ = 0;
    return {};
  }
  const auto shared = std::make_shared<Part::Shared>(this);
  std::vector<SourcePtr> out;
  while (out.size() < n) out.push_back(std::make_unique<Part>(*this, shared));
  return out;
}

void Inputs::divide() {
  if (parts_most_ != 0 && current_) parts_ = current_->split(parts_most_);
}

Step Inputs::next_apart(Batch& out, SourcePtr& part) {
  for (;;) {
    if (!parts_.empty()) {
      part = std::move(parts_.back());
      parts_.pop_back();
      at_work_++;
      return Step::rows;
    }
    if (const auto step = pull(out)) return *step;
  }
}

// A part that ends has met the end of its input, which others need not begin any more.
void Inputs::leave_part() {
  at_work_--;
  parts_.clear();
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
  auto inputs = std::make_unique<Inputs>(std::move(files), std::move(problems), own);
  ARGUS_TRY(inputs->start());
  return SourcePtr(std::move(inputs));
}

}  // namespace argus
