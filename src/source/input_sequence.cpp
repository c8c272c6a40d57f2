#include "source/input_sequence.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/pool.h"
#include "base/text.h"

namespace argus {

namespace {

// Of a file.
std::optional<std::uint64_t> bytes_of_input(const std::string& path) {
  struct stat info {};
  const bool known = path == "-" ? ::fstat(STDIN_FILENO, &info) == 0 : ::stat(path.c_str(), &info) == 0;
  if (!known || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

void add_read(Progress& all, const Progress& one) {
  all.packets += one.packets, all.records += one.records;
  all.read = sum_of(all.read, one.read);
  all.times.widen(one.times.first, one.times.last);
}

}  // namespace

void SkippedFiles::add(const InputPath& input) {
  skipped_[input.folder].push_back(input.path.substr(std::min(input.folder.size() + 1, input.path.size())));
}

void SkippedFiles::say(Errc code, std::vector<Error>& out) const {
  constexpr std::ptrdiff_t kNamed = 5;
  for (const auto& [folder, names] : skipped_) {
    std::vector<std::string> some(names.begin(), names.begin() + std::min<std::ptrdiff_t>(kNamed, std::ssize(names)));
    std::string text = escaped(joined(some, ", "));
    if (names.size() > some.size()) text += fmt::format(" and {} more", names.size() - some.size());
    out.push_back(
        names.size() == 1
            ? fail(code, "1 file in {} is neither a flow file nor a capture and was skipped: {}", escaped(folder), text)
            : fail(code, "{} files in {} are neither flow files nor captures and were skipped: {}", names.size(),
                   escaped(folder), text));
  }
}

Result<OpenedInput> InputSequence::open_at() {
  if (!looked_at_) return recognise(paths_[at_].path, options_);
  OpenedInput out = *std::move(looked_at_);
  looked_at_.reset();
  return out;
}

// Of paths_[at_]; in a folder, other files are no trouble.
void InputSequence::not_opened(Error why) {
  if (why.code == Errc::foreign && !paths_[at_].folder.empty()) skipped_.add(paths_[at_]);
  else problems_.push_back(std::move(why));
}

void InputSequence::open_next() {
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

void InputSequence::take(OpenedSource source) {
  current_ = std::move(source.opened.source);
  continues_ = source.opened.continues;
  kind_ = source.kind;
  ending_ = std::move(source.ending);
}

// Takes over what the finished input has to say.
void InputSequence::leave() {
  current_->drain(journal_);
  if (const MeasuredSource* measured = current_->measured()) {
    const Progress last = measured->progress();
    // The end of a pipe that is given up is where it was given up.
    left_.cut = left_.cut || (last.cut && !(last.ended && !ending_));
    add_read(left_, last);
  }
  for (Error& error : current_->problems()) problems_.push_back(std::move(error));
  take({});
}

void InputSequence::advance() {
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
const std::atomic<bool>* InputSequence::stop_of(const EndingPtr& ending) {
  if (!ending) return resources_.stop;
  ending->asked = resources_.stop;
  endings_.push_back(ending);
  return ending->given_up.get();
}

Result<> InputSequence::bind_current() {
  Resources resources = resources_;
  resources.stop = stop_of(ending_);
  return current_->bind(needs_, resources);
}

Progress InputSequence::progress() const {
  Progress out = left_;
  if (const MeasuredSource* measured = current_ ? current_->measured() : nullptr) add_read(out, measured->progress());
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
void InputSequence::join(Continuable& traffic) {
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
std::optional<Step> InputSequence::pull(Batch& out) {
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

Result<Step> InputSequence::next(Batch& out) {
  for (;;)
    if (const auto step = pull(out)) return *step;
}

// Reads inputs together with others: a part of each that can be divided, and of all others what comes when it is its
// turn.
class InputSequence::Part final : public Source {
 public:
  using Shared = Guarded<InputSequence*>;
  Part(const InputSequence& inputs, std::shared_ptr<Shared> shared) : inputs_(inputs), shared_(std::move(shared)) {}
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
        const Step step = shared_->use_when([](const InputSequence* inputs) { return inputs->is_ready(); },
                                            [&](InputSequence* inputs) {
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
    shared_->use([](InputSequence* inputs) { inputs->leave_part(); });
  }

  const InputSequence& inputs_;
  std::shared_ptr<Shared> shared_;
  SourcePtr part_;  // of an input, which it is the end of in its time
  std::uint64_t input_ = 0;
};

std::vector<SourcePtr> InputSequence::split(std::size_t n) {
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

void InputSequence::divide() {
  if (parts_most_ != 0 && current_) parts_ = current_->split(parts_most_);
}

Step InputSequence::next_apart(Batch& out, SourcePtr& part) {
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
void InputSequence::leave_part() {
  at_work_--;
  parts_.clear();
}

}  // namespace argus
