// split: many files out of records.
#include "archive/split.h"

#include <sys/stat.h>

#include <algorithm>

#include "archive/split_names.h"
#include "argus/account.h"
#include "argus/classic_words.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/offers.h"
#include "argus/run.h"
#include "base/clock_span.h"
#include "base/count_text.h"
#include "base/result.h"
#include "base/text.h"
#include "filter/filter.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/cluster.h"
#include "query/cut.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr std::string_view kAboutSplit =
    "## Modes\n\n"
    "- `time 1h` or `1h`: a file for each step of the local clock: `10s`, `5m`, `1h`, `1d`, `1w`, `1M`, `1y`.\n"
    "  Records are cut at the borders: packets are spread over the time in which their direction was seen, other\n"
    "  counters follow them, `estimated` is 1 in each piece, and sums stay the same. With `nomodify` a record stays\n"
    "  whole and goes to the file of its beginning.\n"
    "- `count 10k`: the next file begins after that many records. `size 20M`: after that many bytes.\n"
    "- `flow 'FILTER'`: a record that matches begins the next file.\n\n"
    "File names of the last three modes end in letters: `aa`, `ab` and so on, and `zaaa` after `yz`. Without a mode,\n"
    "a plain name is the only file, and a name with `%` or `$` splits by the times and fields in it.\n\n"
    "## Names\n\n"
    "`%Y %m %d %H %M %S` and other conversions of strftime stand for the beginning of the step, `$saddr` or\n"
    "`${saddr}` for the value of any field, and `%%` and `$$` for the signs themselves. With `time`, a name without\n"
    "`%` gets `.%Y.%m.%d.%H.%M.%S`, and fields of `-m` that are not in the name are appended to it. Without `time`,\n"
    "the finest conversion is the step. An hour that occurs twice in the time zone is one file, unless the name has\n"
    "`%z`.\n\n"
    "A value cannot leave the folder: it is at most 64 bytes of one name; `/`, `%`, control bytes and a leading dot\n"
    "become `%2F` and the like, a longer value ends in a checksum, and an absent one is `none`. Below the folder that\n"
    "the name begins with, split follows no symbolic link. It makes missing folders.\n\n"
    "A file that exists is replaced once everything is written. With `--append`, with live input or when it is called\n"
    "`rasplit`, split appends to the file. It keeps 256 files open; a file that is closed and needed again gets a\n"
    "further stream, which readers do not notice. Live records are in the files within a second, and files whose\n"
    "time is over are closed.";

const std::vector<std::string> kModes = {"time", "count", "size", "flow", "nomodify", "rmon"};

Candidates offered_modes(const Words& before) {
  return !before.empty() && before.back() == "time" ? offered_steps(before) : offered_words(kModes)(before);
}

class Split final : public Command {
 public:
  Page page() const override {
    return {"[-M MODE...] [-m FIELD...] [-w NAME] [-r FILE... | --remote HOST...] [options] [- filter]",
            "Splits records into files by time, count, size or the values of fields. Records are cut at the borders\n"
            "of time steps, and their sums stay the same.",
            {{"argus split -r week.flows -M time 1h -w 'archive/%Y/%m/%d/argus.%H.flows'", "an archive by the hour"},
             {"argus split -r week.flows -m srcid -w 'by-sensor/$srcid.flows'", "a file for each sensor"},
             {"argus split -r week.flows -w '$proto/%Y/%m/%d.flows'", "by protocol and day"},
             {"argus split -r day.flows -M count 10k -w part.", "part.aa, part.ab, ..."},
             {"argus split -r day.flows -t 14:00-15:00 -w hour.flows - tcp", "one file of one hour"}},
            kAboutSplit};
  }
  void declare(OptionSet& options) override {
    options_ = &options;
    options.group("how to split");
    options.list("-M,--mode", "MODE...", modes_, ListWords::paths,
                 "time 1h, count 10k, size 20M, flow 'FILTER'; nomodify; rmon: every record from both ends");
    options.common(), options.offer(&offered_modes);
    options.list("-m,--by", "FIELD...", keys_, ListWords::plain, "a file for each value of these fields");
    options.common(), options.offer(&offered_fields);
    options.group("what to write");
    options.value("-w,--write", "NAME", write_, "names of the files, with %Y or $srcid in them");
    options.common(), options.offer(&offered_files);
    options.flag("--append", append_, "append to flow files that exist, instead of replacing them");
    options.value("-a", "N", letters_, number_from<unsigned>(1, 16, "letters"),
                  "least number of letters at the end of names (2)");
    options.value("--max-files", "COUNT", files_max_, parse_size, "most files that a run may write (100k)");
    options.flag("-q,--quiet", quiet_, "errors only");
    input_.declare_reading(options);
    options.group("how", OptionSet::Purpose::special);
    account_.declare(options);
    for (const std::string_view name : {"-n", "-u", "-z"}) options.ignored(name, OptionKind::flag);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(take_modes(io));
    ARGUS_TRY_LET(SplitOptions options, split_options());
    const std::optional<ClockStep> step = options.step;
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    if (rmon_) flows = doubled(std::move(flows));
    options.existing = existing_files(io, *flows);
    options.interrupted = [&io] { return io.was_interrupted(); };
    const auto cuts = std::make_shared<CutCounts>();
    if (step && !nomodify_) flows = cut(std::move(flows), *step, cuts);
    ARGUS_TRY_LET(const auto sink, split_sink(std::move(options)));
    RunOptions run{.input = input_.asked(), .account = account_.account()};
    run.account.closing = [&](const Outcome& done) -> std::string {
      if (done.interrupted) return "existing files are unchanged; new ones have the records read before that";
      return quiet_ || io.classic ? "" : closing_line(sink->counts(), *cuts);
    };
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *flows, *sink, run));
    return done.exit;
  }

 private:
  // The records that came, each of them once. Files are `written` but for those that were there before.
  [[nodiscard]] std::string closing_line(const SplitCounts& counts, const CutCounts& cuts) const {
    const std::uint64_t came = counts.records - (cuts.pieces - cuts.records);
    std::string text = count_text(counts.files, "file") + ", " + count_text(came, "record");
    if (cuts.records != 0) text += fmt::format(", {} of them cut at a border", cuts.records);
    if (write_.empty()) text += "; without -w their names begin with x here";
    return text + existing_text(counts);
  }

  // Like the file of -w of any verb; what is live goes on in the files of its time, as a sensor does.
  ExistingFiles existing_files(const Io& io, const Source& flows) const {
    const bool adds = append_ || io.adds_to_files || input_.is_live(flows);
    return adds ? ExistingFiles::appended : ExistingFiles::replaced;
  }

  // Words of -M as they were given, but for lists with commas; a filter keeps its own.
  std::vector<std::string> mode_words() const {
    std::vector<std::string> out;
    for (const std::string& word : modes_) {
      const bool is_filter = !out.empty() && out.back() == "flow";
      if (is_filter) out.push_back(word);
      else
        for (const std::string_view piece : split_words(word, ",")) out.emplace_back(piece);
    }
    return out;
  }
  Result<> take_modes(const Io& io) {
    const std::vector<std::string> words = mode_words();
    for (std::size_t at = 0; at < words.size(); at++) {
      const std::string& word = words[at];
      const std::string value = at + 1 < words.size() ? words[at + 1] : "";
      if (word == "nomodify") nomodify_ = true;
      else if (word == "rmon") rmon_ = true;
      else if (word == "time" || word == "count" || word == "size" || word == "flow") {
        auto taken =
            value.empty() ? fail(Errc::usage, "a value is missing, {}", what_of(word)) : take_mode(word, value);
        if (!taken) return while_doing("-M " + word, std::move(taken.error()));
        at++;
      } else if (!word.empty() && is_digit(word[0])) {
        auto taken = take_mode("time", word);
        if (!taken) return while_doing("-M", std::move(taken.error()));
      } else {
        ARGUS_TRY_LET(const bool classic, take_classic_mode(word, io.classic, *options_));
        if (classic) continue;
        return fail(Errc::usage, "-M: no mode '{}'{}", escaped(word), did_you_mean(word, kModes));
      }
    }
    if (io.classic && write_.empty() && !step_ && !series_.any() && keys_.empty()) series_.count = 10'000;
    const int modes = (step_ ? 1 : 0) + (series_.count != 0) + (series_.size != 0) + (series_.begins != nullptr);
    if (modes > 1) return fail(Errc::usage, "-M: only one of time, count, size and flow");
    return {};
  }
  static std::string_view what_of(std::string_view mode) {
    if (mode == "time") return "for example 1h";
    if (mode == "flow") return "a filter that begins the next file";
    return mode == "count" ? "for example 10k" : "for example 20M";
  }
  Result<> take_mode(const std::string& mode, const std::string& value) {
    series_.letters = letters_;
    if (mode == "time") {
      ARGUS_TRY_LET(step_, parse_clock_step(value));
    } else if (mode == "flow") {
      ARGUS_TRY_LET(series_.begins, compile_filter(value, nullptr, SetFiles::read));
      if (!series_.begins) return fail(Errc::usage, "an empty filter would begin a file with each record");
    } else {
      ARGUS_TRY_LET(const std::uint64_t n, parse_amount(value));
      (mode == "count" ? series_.count : series_.size) = n;
    }
    return {};
  }
  // The classic writes thousands k, millions m, and b for a thousand millions.
  static Result<std::uint64_t> parse_amount(std::string text) {
    if (text.ends_with('b') || text.ends_with('B')) text.back() = 'G';
    else if (text.ends_with('m')) text.back() = 'M';
    ARGUS_TRY_LET(const std::uint64_t n, parse_size(text));
    if (n == 0) return fail(Errc::usage, "invalid value '{}': write 10k, 20M", escaped(text));
    return n;
  }

  Result<SplitOptions> split_options() const {
    if (write_ == "-") return fail(Errc::usage, "-w: split writes files, not standard output");
    struct stat there {};
    if (::stat(write_.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode))
      return fail(Errc::usage, "-w: {} is a device or a pipe, and files beside it would begin with its name",
                  escaped(write_));
    if (write_.empty() && !step_ && !series_.any() && keys_.empty())
      return fail(Errc::usage,
                  "nothing says how to split; give -M time 1h, -M count 10k, or -w '$proto/%Y/%m/%d.flows'");
    std::string name = write_.empty() ? "x" : write_;
    ARGUS_TRY_LET(SplitNames names, SplitNames::parse(name));
    for (const std::string& word : keys_) {
      const auto field = find_field(word);
      if (!field) return while_doing("-m", no_field(word));
      if (std::find(names.fields().begin(), names.fields().end(), *field) == names.fields().end())
        name += fmt::format(".${{{}}}", info(*field).name);
    }
    if (step_ && !names.has_time()) name += ".%Y.%m.%d.%H.%M.%S";
    ARGUS_TRY_LET(names, SplitNames::parse(name));
    if (series_.any() && (names.has_time() || !names.fields().empty()))
      return fail(Errc::usage, "-w: with count, size or flow, the name has no % and no $, and -m cannot be given");
    SplitOptions out;
    out.step = step_ ? step_ : names.step();
    out.names = std::move(names);
    out.series = series_;
    out.files_max = files_max_;
    out.inputs = input_.files();
    return out;
  }

  OptionSet* options_ = nullptr;
  InputOptions input_;
  AccountOptions account_;
  std::vector<std::string> modes_, keys_;
  std::string write_;
  bool append_ = false, quiet_ = false, nomodify_ = false, rmon_ = false;
  unsigned letters_ = 2;
  std::uint64_t files_max_ = kSplitFilesMost;
  std::optional<ClockStep> step_;
  FileSeries series_;
};

}  // namespace

ARGUS_COMMAND(split, Split)

}  // namespace argus
