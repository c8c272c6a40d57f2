#include "source/open_source.h"

#include <dirent.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>

#include "base/text.h"
#include "source/feed.h"
#include "source/kinds.h"

namespace argus {

namespace {

struct Kind {
  std::string_view text;
  bool (*recognise)(Bytes);
  Result<SourcePtr> (*open)(InputStream, const SourceOptions&);
};
constexpr auto kKinds = std::to_array<Kind>({
#define SOURCE(name, text) {text, &recognise_##name, &open_##name},
#include "source/sources.def"
});

std::string readable_kinds() {
  std::string out = "argus reads";
  for (std::size_t i = 0; i < kKinds.size(); i++) {
    out += i == 0 ? " " : i + 1 == kKinds.size() ? " and " : ", ";
    out += kKinds[i].text;
  }
  return out + ", also compressed with gzip or zstd";
}

bool is_text(Bytes head) {
  return std::all_of(head.begin(), head.end(), [](std::byte b) {
    const auto c = static_cast<unsigned char>(b);
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0x7f);
  });
}

Error foreign(const std::string& name, Bytes head, bool from_pipe) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (is_text(head)) {
    if (from_pipe)
      return fail(
          Errc::foreign,
          "{} is a text table, not flow records\n  the command before could not see argus at the other end of its "
          "pipe; write:  argus ... -w - | argus ...",
          name);
    const std::string_view line = text.substr(0, std::min<std::size_t>(text.find('\n'), 32));
    return fail(Errc::foreign, "{}: not a flow file: starts with text \"{}\"\n  {}", name, escaped(line),
                readable_kinds());
  }
  std::string bytes;
  for (const std::byte b : head.first(std::min<std::size_t>(head.size(), 8)))
    bytes += fmt::format(" {:02x}", static_cast<unsigned>(b));
  return fail(Errc::foreign, "{}: not a flow file: starts with bytes{}\n  {}", name, bytes, readable_kinds());
}

struct Opened {
  InputStream stream;
  const Kind* kind;
  StopFlag stop;  // of an input that is waited for
};

Result<SourcePtr> open_kind(Opened opened, const SourceOptions& options) {
  ARGUS_TRY_LET(SourcePtr source, opened.kind->open(std::move(opened.stream), options));
  // Flows that come when they come are read on a thread, so that those before them are seen meanwhile.
  const bool waits = opened.stop && opened.kind->open == &open_flow_file && (options.follow || source->header().live);
  return waits ? in_background(std::move(source), std::move(opened.stop)) : std::move(source);
}

// Something to read, or the end, came within the time in which a stop is to be seen.
bool has_more(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(kStopSeen / kMillisecond)) > 0;
}

// Waits for bytes in a pipe or socket, and at the end of a file for as long as somebody writes it.
Result<bool> await_more(int fd, const std::atomic<bool>& stop) {
  struct stat info {};
  for (const bool grows = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode); !stop;) {
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
Result<> await_first(int fd, const std::atomic<bool>* stop) {
  while (stop == nullptr || !*stop)
    if (has_more(fd)) return {};
  return fail(Errc::closed, "stopped before there was anything to read");
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
  StopFlag stop;
  InputStream::Wait wait;
  if (!is_file) ARGUS_TRY(await_first(file.fd(), options.stop));
  if (!is_file || options.follow) {
    stop = std::make_shared<std::atomic<bool>>(false);
    wait = [stop](int fd) { return await_more(fd, *stop); };
  }
  ARGUS_TRY_LET(InputStream stream, InputStream::open(std::move(file), std::move(wait)));
  ARGUS_TRY_LET(const Bytes head, stream.peek(kHeadBytes));
  if (head.empty() && from_pipe) return fail(Errc::foreign, "{} ended before any record", stream.name());
  if (head.empty()) return fail(Errc::foreign, "{}: the file is empty", stream.name());
  for (const Kind& kind : kKinds)
    if (kind.recognise(head)) return Opened{std::move(stream), &kind, std::move(stop)};
  return foreign(stream.name(), head, from_pipe);
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

// The files of a folder and of those in it, in the order of their names.
Result<std::vector<std::string>> files_of(const std::string& folder) {
  std::vector<std::string> out;
  ARGUS_TRY(add_files_of(folder, 1, out));
  std::sort(out.begin(), out.end());
  if (out.empty()) return fail(Errc::io, "{}: no files in this folder", folder);
  return out;
}

// Inputs one after the other, each opened when its turn comes.
class Inputs final : public Source {
 public:
  Inputs(std::vector<std::string> paths, std::vector<Error> troubles, const SourceOptions& options)
      : paths_(std::move(paths)), options_(options), troubles_(std::move(troubles)) {}

  // Opens the first input that can be used; the error of the first when none can.
  Result<> start() {
    open_next();
    if (!current_) {
      if (troubles_.empty()) return fail(Errc::usage, "no input");
      return std::move(troubles_.front());
    }
    header_ = current_->header();
    // Flow files after the first may be of other sensors; records name theirs.
    if (paths_.size() > 1 && dynamic_cast<const Continuable*>(current_.get()) == nullptr) header_.sensor.clear();
    return {};
  }

  void give_coded(const CodedWish& wish) override {
    coded_ = wish;
    current_->give_coded(wish);
  }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    resources_ = resources;
    return current_->bind(needs, resources);
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
    if (current_) current_->drain(out);
  }
  std::vector<Error> troubles() const override {
    std::vector<Error> out = troubles_;
    if (current_)
      for (const Error& error : current_->troubles()) out.push_back(error);
    return out;
  }

 private:
  [[nodiscard]] Result<Opened> open_at();
  void open_next();
  void join(Continuable& traffic);
  void leave();
  void advance();

  std::vector<std::string> paths_;
  std::size_t at_ = 0;
  std::optional<Opened> looked_at_;  // of paths_[at_], recognised but not taken
  SourceOptions options_;
  SourcePtr current_;
  StreamHeader header_;
  CodedWish coded_;
  Needs needs_;
  Resources resources_;
  Journal journal_;
  std::vector<Error> troubles_;
};

Result<Opened> Inputs::open_at() {
  if (!looked_at_) return recognise(paths_[at_], options_);
  Opened out = *std::move(looked_at_);
  looked_at_.reset();
  return out;
}

void Inputs::open_next() {
  while (!current_ && at_ < paths_.size()) {
    auto opened = open_at();
    at_++;
    if (!opened) {
      troubles_.push_back(std::move(opened.error()));
      continue;
    }
    auto source = open_kind(*std::move(opened), options_);
    if (source) current_ = *std::move(source);
    else troubles_.push_back(std::move(source.error()));
  }
}

// Takes over what the finished input has to say.
void Inputs::leave() {
  current_->drain(journal_);
  for (Error& error : current_->troubles()) troubles_.push_back(std::move(error));
  current_.reset();
}

void Inputs::advance() {
  for (leave(), open_next(); current_; open_next()) {
    current_->give_coded(coded_);
    auto bound = current_->bind(needs_, resources_);
    if (bound) return;
    troubles_.push_back(std::move(bound.error()));
    leave();
  }
}

// The next capture goes on where this one ended; anything else ends the traffic.
void Inputs::join(Continuable& traffic) {
  while (at_ < paths_.size()) {
    auto opened = open_at();
    if (opened && opened->kind->open != &open_capture) {
      looked_at_ = *std::move(opened);  // kept, as a pipe can be looked at only once
      break;
    }
    at_++;
    auto joined_in = opened ? traffic.go_on(std::move(opened->stream)) : Result<>(std::move(opened.error()));
    if (joined_in) return;
    troubles_.push_back(std::move(joined_in.error()));
  }
  traffic.conclude();
}

Result<Step> Inputs::next(Batch& out) {
  for (;;) {
    if (!current_) return Step::end;
    auto step = current_->next(out);
    if (!step) {
      // One input broke; the others are still good.
      troubles_.push_back(std::move(step.error()));
      advance();
      continue;
    }
    if (*step == Step::end) {
      advance();
      continue;
    }
    if (auto* traffic = dynamic_cast<Continuable*>(current_.get()); traffic != nullptr && traffic->exhausted())
      join(*traffic);
    return *step;
  }
}

}  // namespace

Result<SourcePtr> open_source(const std::vector<std::string>& paths, const SourceOptions& options) {
  std::vector<std::string> files;
  std::vector<Error> troubles;
  for (const std::string& path : paths) {
    struct stat info {};
    if (path == "-" || ::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
      files.push_back(path);
      continue;
    }
    auto inside = files_of(path);
    if (inside) files.insert(files.end(), inside->begin(), inside->end());
    else troubles.push_back(std::move(inside.error()));
  }
  SourceOptions own = options;
  if (own.follow_written) own.follow |= std::any_of(files.begin(), files.end(), is_growing);
  auto inputs = std::make_unique<Inputs>(std::move(files), std::move(troubles), own);
  ARGUS_TRY(inputs->start());
  return SourcePtr(std::move(inputs));
}

}  // namespace argus
