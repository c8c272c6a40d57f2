#include "argus/output_options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "argus/closing.h"
#include "argus/offers.h"
#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "export/formats.h"
#include "export/outlet.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/host_names.h"
#include "flow/ledger.h"
#include "query/sort.h"
#include "shell/pipe.h"
#include "sink/narrowed.h"

namespace argus {

namespace {

constexpr std::string_view kRecordsOrText = "-w writes records; --csv, --json and the like print text: choose one";

// Counts a run's rows without printing them (-q).
class DiscardSink final : public RowSink {
 public:
  FieldSet fields() const override { return {Field::spkts}; }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch&) override { return {}; }
  Result<> finish() override { return {}; }
};

// A file that replaces another one only where the input was not interrupted.
class UncutSink final : public Sink {
 public:
  UncutSink(SinkPtr file, const Io& io) : file_(std::move(file)), io_(io) {}
  FieldSet fields() const override { return file_->fields(); }
  std::optional<RawFrameRequest> raw_frame_request() const override { return file_->raw_frame_request(); }
  Result<> begin(const StreamHeader& header) override { return file_->begin(header); }
  std::vector<Batch> arrange(const Batch& batch) override { return file_->arrange(batch); }
  std::vector<Batch> arrange_rest() override { return file_->arrange_rest(); }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override { return file_->encode(batch, take); }
  Result<> append(Encoded rows) override { return file_->append(std::move(rows)); }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override { return file_->ledger(entries); }
  Result<> append_ledger(const std::vector<LedgerEntry>& entries) override { return file_->append_ledger(entries); }
  Result<> tick() override { return file_->tick(); }
  Result<> finish() override { return io_.was_interrupted() ? Result<>() : file_->finish(); }

 private:
  SinkPtr file_;
  const Io& io_;
};

Result<OutputOptions::Range> parse_rows(std::string_view text) {
  const auto bad = [&] { return fail(Errc::usage, "'{}': write a count, FIRST-LAST or FIRST+COUNT", escaped(text)); };
  const auto mark = text.find_first_of("-+");
  const auto first = parse_unsigned(text.substr(0, mark));
  if (!first) return bad();
  if (mark == std::string_view::npos) return OutputOptions::Range{0, *first};
  const auto second = parse_unsigned(text.substr(mark + 1));
  if (!second || *first == 0) return bad();
  const std::uint64_t end = text[mark] == '+' ? *first - 1 + std::min(*second, UINT64_MAX - *first) : *second;
  if (end < *first - 1) return bad();
  return OutputOptions::Range{*first - 1, end};
}

// The formats of --as.
std::vector<std::string> foreign_texts() {
  std::vector<std::string> names;
  for (const ExportFormat& format : export_formats())
    if (format.kind == ExportFormat::Kind::text && format.names == ExportFormat::Names::theirs)
      names.emplace_back(format.name);
  return names;
}

}  // namespace

std::string OutputTarget::written() const {
  switch (found) {
    case Found::nothing: break;
    case Found::replaced: return fmt::format("written to {} (replaced)", path);
    case Found::grown: return fmt::format("appended to {}", path);
  }
  return fmt::format("written to {}", path);
}

std::string OutputTarget::left_when_cut() const {
  if (path.empty()) return {};
  return path + (stays_when_cut() ? " is unchanged" : " has the records read before that");
}

void OutputOptions::declare(OptionSet& options) {
  options.group("what to print", Chained::last);
  options.list("-s,--fields", "FIELD...", columns_, ListWords::fields,
               "columns; +f adds, -f drops, +2f inserts as second, f:18 sets a width, f:9:%.2f a format");
  options.common(), options.offer(&offered_columns);
  options.value(
      "-N,--count", "COUNT", [this](const std::string& text) { return take_rows(text); },
      "rows printed: 10, 11-20, 11+5; i10: records read");
  options.common(), options.in_each();
  declare_kinds(options);
  declare_resolver(options, flags_.resolved, resolver_);
  options.count("-n", numbers_, "ports as numbers; twice: protocols too");
  options.flag(human_letter_ ? "-H,--human" : "--human", human_, "2.31M instead of exact numbers");
  options.flag("--utc", utc_, "times in UTC instead of the local zone");
  options.flag("-u", epoch_, "times as seconds since 1970");
  options.value("--time-format", "FORMAT", time_format_, "times as strftime writes them, with %f for the fraction");
  options.value(
      "-p", "DIGITS",
      [this](const std::string& text) -> Result<> {
        const auto n = parse_unsigned(text);
        if (!n || *n > 9) return fail(Errc::usage, "invalid value '{}': give 0 to 9 digits", escaped(text));
        digits_ = static_cast<int>(*n);
        chose_digits_ = true;
        return {};
      },
      "digits of fractions (6)");
  // A command that keeps a state of its own has another meaning for the word.
  if (options.find("--state") == nullptr) {
    options.value("--state", "", state_, parse_state_look,
                  "state of TCP: its name, what changed it (sSEfF), or the flags of both sides (SPA_FSPA) or one");
    options.one_of(state_look_words());
  }
  options.value("-c", "X", separator_, "text with X between columns and no padding");
  options.value(
      "-L", "N",
      [this](const std::string& text) -> Result<> {
        if (text != "-1" && !parse_unsigned(text))
          return fail(Errc::usage, "invalid value '{}': write 0 for one heading, N for one every N lines, -1 for none",
                      escaped(text));
        header_every_ = text;
        return {};
      },
      "heading: 0 once, N every N lines, -1 none");
  options.group("what to write", Chained::last);
  options.value(
      "-w,--write", "FILE", [this](const std::string& text) { return take_target(text); },
      several_ ? "write flow records to FILE, appending with -i, replacing with -r; '-' is standard output"
               : "write flow records to FILE, replacing it; '-' is standard output");
  options.common(), options.offer(&offered_files);
  options.flag("--append", append_, "append to a flow file that exists");
  options.flag("--no-clobber", no_clobber_, "refuse to write to a file that exists");
  options.group("how", Chained::last, OptionSet::Purpose::special);
  options.flag("-q,--quiet", quiet_, "no rows; errors only");
  declare_how(options);
}

void OutputOptions::declare_kinds(OptionSet& options) {
  for (std::size_t i = 0; i < kTextKinds; i++) {
    const TextKind& kind = text_kinds()[i];
    options.flag(kind.option, kinds_[i], kind.help);
    const bool is_last = i + 1 == kTextKinds || text_kinds()[i + 1].look != kind.look;
    if (!is_last) continue;
    declare_text_flags(options, kind.look, flags_);
  }
  const std::vector<std::string> foreign = foreign_texts();
  options.value(
      "--as", "",
      [this, foreign](const std::string& text) -> Result<> {
        if (std::find(foreign.begin(), foreign.end(), text) == foreign.end())
          return fail(Errc::usage, "'{}' is not one of {}", escaped(text), joined(foreign, ", "));
        as_ = text;
        return {};
      },
      "text of another program; argus export has more");
  options.one_of(foreign);
}

void declare_text_flags(OptionSet& options, SinkLook look, TextOptions& text) {
  for (const TextFlag& flag : text_flags())
    if (flag.look == look) options.flag(flag.option, text.*flag.member, flag.help);
}

// As text of another program, which has columns of its own.
Result<Output> OutputOptions::open_foreign() const {
  if (!columns_.empty()) return fail(Errc::usage, "-s chooses columns; --as {} has its own", as_);
  ExportOptions options;
  options.say = [](const std::string& text) { log_note(text); };
  ARGUS_TRY_LET(OutletPtr out, open_outlet("-", {}));
  return Output{find_export_format(as_)->open(std::move(out), options), {}};
}

void OutputOptions::declare_target(OptionSet& options, std::string_view written) {
  options.group("what to write");
  options.value(
      "-w,--write", "FILE", [this](const std::string& text) { return take_target(text); }, written);
  options.common(), options.offer(&offered_files);
  options.flag("--no-clobber", no_clobber_, "refuse to write to a file that exists");
  options.group("how", OptionSet::Purpose::special);
  declare_how(options);
}

void OutputOptions::declare_how(OptionSet& options) {
  options.value("--memory", "SIZE", memory_max_, parse_size, "memory that groups and rows may take (2G)");
  options.value(
      "--color", "WHEN",
      [this](const std::string& text) -> Result<> {
        ARGUS_TRY_LET(colour_, parse_colour_when(text));
        log_colours(wants_colour(colour_, STDERR_FILENO));
        return {};
      },
      "colours; auto follows NO_COLOR");
  options.one_of({"auto", "always", "never"});
  options.flag("--fail-empty", fail_empty_, "exit status 4 when nothing matched");
  account_.declare(options);
}

void OutputOptions::declare_threads(OptionSet& options) { argus::declare_threads(options, threads_); }

void declare_threads(OptionSet& options, std::size_t& threads) {
  threads = usable_cores();
  options.value("--threads", "N", threads, number_from<std::size_t>(1, kThreadsMost, "threads"),
                "number of threads (one for each core, up to 64)");
}

Result<> OutputOptions::take_target(const std::string& text) {
  if (several_) {
    if (!written_.empty() && (text == "-" || written_.front() == "-"))
      return fail(Errc::usage, "standard output takes the records alone, without a file beside it");
    written_.push_back(text);
    if (write_.empty()) write_ = text.substr(0, text.find(" - "));
    return {};
  }
  if (!write_.empty() && write_ != text)
    return fail(Errc::usage, "give one file; '{}' and '{}' are two", escaped(write_), escaped(text));
  write_ = text;
  return {};
}

Result<> OutputOptions::take_rows(const std::string& text) {
  std::string_view rest = text;
  const bool input = rest.starts_with('i');
  if (input || rest.starts_with('o')) rest.remove_prefix(1);
  ARGUS_TRY_LET(const Range range, parse_rows(rest));
  (input ? records_ : rows_) = range;
  return {};
}

SourcePtr OutputOptions::records_read(SourcePtr input) const {
  return records_ ? limited(std::move(input), records_->begin, records_->end) : std::move(input);
}

SourcePtr OutputOptions::rows_wanted(SourcePtr output) const {
  return rows_ ? limited(std::move(output), rows_->begin, rows_->end) : std::move(output);
}

RunOptions OutputOptions::run_options(const InputAsked& asked) const {
  RunOptions out{asked, memory_max_, threads_, account_.account()};
  out.account.asked = asked.span;
  out.account.as_json = kind().look == SinkLook::json;
  out.account.fail_empty = fail_empty_;
  return out;
}

bool OutputOptions::wants_text() const {
  const bool asked = std::find(kinds_.begin(), kinds_.end(), true) != kinds_.end();
  return asked || !as_.empty() || given_flag() != nullptr || !separator_.empty() || !header_every_.empty();
}

TextOptions OutputOptions::text_options(const Io& io, const StreamHeader& header) const {
  TextOptions text = flags_;
  text.column_words = columns_;
  text.defaults = header.columns.empty() ? default_columns() : header.columns;
  if (io.classic)
    text.defaults = classic_columns(), text.headings = rmon_ ? Headings::rmon : Headings::classic, text.first_place = 0;
  text.separator = separator_ == "\\t" ? "\t" : separator_;
  if (const std::string_view own = kind().separator; !own.empty()) text.separator = own;
  if (!header_every_.empty())
    text.header_every = header_every_ == "-1" ? -1 : static_cast<int>(*parse_unsigned(header_every_));
  text.state = state_;
  text.style.names = numbers_ == 0 ? Names::all : numbers_ == 1 ? Names::proto : Names::none;
  text.style.digits = digits_;
  text.style.human = human_;
  text.style.time.digits = digits_;
  if (io.classic)
    text.style.time.form = TimeStyle::Form::strftime, text.style.time.format = digits_ == 0 ? "%T" : "%T.%f";
  if (utc_) text.style.time.form = TimeStyle::Form::utc;
  if (!time_format_.empty()) text.style.time.form = TimeStyle::Form::strftime, text.style.time.format = time_format_;
  if (epoch_) text.style.time.form = TimeStyle::Form::epoch;
  const auto form = text.style.time.form;
  if (!io.classic && form == TimeStyle::Form::local) text.zone = zone_name();
  if (!io.classic && form == TimeStyle::Form::utc) text.zone = "UTC";
  text.exact_times = chose_digits_ || epoch_ || !time_format_.empty();
  text.coloured = wants_colour(colour_, io.out.fd());
  if (const auto size = terminal_size(io.out.fd()); size && !io.classic) text.screen_width = size->columns;
  return text;
}

Result<std::shared_ptr<NameLookup>> OutputOptions::open_names(const Io& io) const {
  if (!flags_.resolved) return std::shared_ptr<NameLookup>();
  const bool terminal = ::isatty(io.out.fd()) != 0 && !flags_.wide;
  return NameLookup::open(resolver_, terminal ? NameLookup::kTerminalWidth : kHostNameBytesMax, io.stop);
}

std::function<std::string(const Outcome&)> OutputOptions::closing_line(const Io& io, const InputAsked& asked, bool live,
                                                                       RowsPrinted rows) const {
  const bool read_by_eye = io.line && ::isatty(io.out.fd()) != 0 && !quiet_ && !io.classic && write_.empty() &&
                           kind().look == SinkLook::table && separator_.empty();
  if (!read_by_eye) return {};
  return [this, &io, asked, live, rows = std::move(rows)](const Outcome& done) {
    ClosingFacts facts;
    facts.rows = rows ? rows() : done.rows;
    facts.utc = utc_;
    const auto reached = [](const std::optional<Range>& range, std::uint64_t got) {
      return range && range->end != UINT64_MAX && got >= range->end - range->begin;
    };
    facts.rows_limited = !rows && (reached(rows_, done.rows) || reached(records_, io.progress->read.rows_kept));
    const auto ran = std::chrono::steady_clock::now() - io.started;
    facts.time_limited = live && asked.read_for != 0 && ran >= std::chrono::nanoseconds(asked.read_for);
    facts.stopped = live && io.stop != nullptr && *io.stop;
    return closing_text(facts, *io.progress, done, wall_now());
  };
}

Result<OutputTarget> OutputOptions::check_target(const std::vector<std::string>& inputs, FlowFileMode mode) const {
  struct stat target {};
  const bool exists = ::stat(write_.c_str(), &target) == 0;
  for (const std::string& path : inputs) {
    struct stat info {};
    if (exists && S_ISREG(target.st_mode) && ::stat(path.c_str(), &info) == 0 && info.st_dev == target.st_dev &&
        info.st_ino == target.st_ino)
      return fail(Errc::usage, "-w: {} is also an input", write_);
  }
  // The link itself would be replaced: /dev/stdout, for one.
  struct stat link {};
  const bool through_link = ::lstat(write_.c_str(), &link) == 0 && S_ISLNK(link.st_mode);
  if (through_link && (!exists || S_ISREG(target.st_mode)) && mode == FlowFileMode::replace)
    return fail(Errc::usage, "-w: {} is a symbolic link; name the file itself, or '-' for standard output", write_);
  if (no_clobber_ && exists) return fail(Errc::io, "{}: the file exists (--no-clobber)", write_);
  const bool is_file = exists && S_ISREG(target.st_mode);
  using Found = OutputTarget::Found;
  if (is_file && mode == FlowFileMode::replace) return OutputTarget{write_, Found::replaced};
  return OutputTarget{write_, is_file && target.st_size != 0 ? Found::grown : Found::nothing};
}

Result<> OutputOptions::check_many_files() const {
  if (wants_text()) return fail(Errc::usage, kRecordsOrText);
  if (!columns_.empty())
    return fail(Errc::usage, "-s chooses the fields of one file; '{}' names many", escaped(write_));
  if (no_clobber_) return fail(Errc::usage, "--no-clobber is for one file; '{}' names many", escaped(write_));
  return {};
}

void OutputOptions::note_name() const {
  for (const TextKind& kind : text_kinds()) {
    const std::string_view name = kind.option.substr(2);
    if (kind.look != SinkLook::table && write_.ends_with("." + std::string(name)))
      log_note(fmt::format("-w {0}: flow records are written, whatever the name says; '{1} > {0}' prints {2}",
                           escaped(write_), kind.option, name));
  }
}

Result<Output> OutputOptions::open_file(const Io& io, const std::vector<std::string>& inputs) const {
  note_name();
  const FlowFileMode mode = adds_to_files(io) ? FlowFileMode::append : FlowFileMode::replace;
  Output out;
  ARGUS_TRY_LET(out.target, check_target(inputs, mode));
  ARGUS_TRY_LET(out.sink, open_records(write_, mode));
  if (out.target.stays_when_cut()) out.sink = std::make_unique<UncutSink>(std::move(out.sink), io);
  return out;
}

// Null: none.
const TextFlag* OutputOptions::given_flag() const {
  for (const TextFlag& flag : text_flags())
    if (flags_.*flag.member) return &flag;
  return nullptr;
}

// What was asked for first in their order, what a flag asks for, or the last.
const TextKind& OutputOptions::kind() const {
  for (std::size_t i = 0; i < kTextKinds; i++)
    if (kinds_[i]) return text_kinds()[i];
  if (const TextFlag* flag = given_flag())
    for (const TextKind& kind : text_kinds())
      if (kind.look == flag->look) return kind;
  return text_kinds().back();
}

Result<> OutputOptions::check_kinds() const {
  const auto options_of = [](auto&& wanted) {
    std::vector<std::string> names;
    for (const TextKind& kind : text_kinds())
      if (wanted(kind)) names.emplace_back(kind.option);
    return names;
  };
  const auto listed = [](std::vector<std::string> names) {
    const std::string last = names.back();
    names.pop_back();
    return names.empty() ? last : joined(names, ", ") + " and " + last;
  };
  if (std::count(kinds_.begin(), kinds_.end(), true) + (as_.empty() ? 0 : 1) > 1) {
    std::vector<std::string> all = options_of([](const TextKind&) { return true; });
    all.emplace_back("--as");
    return fail(Errc::usage, "only one of {} can be given", listed(std::move(all)));
  }
  for (const TextFlag& flag : text_flags())
    if (flags_.*flag.member && kind().look != flag.look)
      return fail(Errc::usage, "{} applies only to {}", flag.option,
                  listed(options_of([&](const TextKind& kind) { return kind.look == flag.look; })));
  return {};
}

Result<OutputOptions::Form> OutputOptions::form() const {
  if (!as_.empty()) return fail(Errc::usage, "--as {} is for records; this prints totals", as_);
  ARGUS_TRY(check_kinds());
  return kind().look;
}

Result<Output> OutputOptions::open_sink(Io& io, const StreamHeader& header,
                                        const std::vector<std::string>& inputs) const {
  if (quiet_ && write_.empty()) return Output{std::make_unique<DiscardSink>(), {}};
  ARGUS_TRY(check_kinds());
  if (!write_.empty() && wants_text()) return fail(Errc::usage, kRecordsOrText);
  if (!as_.empty()) return open_foreign();
  if (append_ && !to_file()) return fail(Errc::usage, "--append needs -w FILE");
  TextOptions text = text_options(io, header);
  // Columns that do not exist are a wrong request, found before anything is read.
  ARGUS_TRY_LET(const std::vector<ColumnSpec> columns,
                parse_columns(text.column_words, text.defaults, text.first_place));
  const bool formatted = std::any_of(columns.begin(), columns.end(), [](const auto& c) { return !c.format.empty(); });
  if (formatted && kind().look != SinkLook::table)
    return fail(Errc::usage, "-s: formats are for tables and -c; {} is exact", kind().option);
  if (state_ != StateLook::name && kind().look != SinkLook::table)
    return fail(Errc::usage, "--state is for tables and -c; {} has sevents, devents, sflags and dflags", kind().option);
  const auto chosen = [&](SinkPtr records) {
    return columns_.empty() ? std::move(records) : narrowed(std::move(records), columns);
  };
  ARGUS_TRY_LET(const std::shared_ptr<NameLookup> names, open_names(io));
  if (names) text.style.hosts = &names->names();
  if (to_file()) {
    ARGUS_TRY_LET(Output out, open_file(io, inputs));
    out.sink = chosen(std::move(out.sink));
    return out;
  }
  if (write_ == "-" && ::isatty(io.out.fd()))
    return fail(Errc::usage, "flow records are binary; drop '-w -' to see them, or redirect");
  const bool may_be_records = !wants_text() && columns_.empty() && !io.classic;
  if (write_ == "-" || (may_be_records && reader_takes_records(io.out.fd(), io.started)))
    return Output{chosen(flow_stream_sink(standard_output())), {}};
  return Output{kind().open(io.out, std::move(text)), {}, names};
}

}  // namespace argus
