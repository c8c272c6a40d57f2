// top: the busiest flows, as they are.
#include "top/top.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/explain.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/name_lookup.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/host_names.h"
#include "flow/notice.h"
#include "flow/source.h"
#include "flow/where.h"
#include "sensor/rights.h"
#include "shell/io.h"
#include "shell/options.h"
#include "shell/terminal.h"
#include "sink/kinds.h"
#include "sink/text.h"
#include "top/keys.h"
#include "top/reader.h"

namespace argus {

namespace {

constexpr Nanos kIdleLive = kMinute;  // as the classic has it
constexpr std::uint64_t kMemoryLeast = 1'000'000;
constexpr double kSpeedMost = 1e6;
constexpr std::uint64_t kGroupsLeast = 100, kGroupsMost = 50'000'000;

constexpr std::string_view kAboutTop =
    "## The screen\n\n"
    "[Screen](../top.md) shows and explains it. Rates are means over the last 2, 10 and 40 seconds that are over,\n"
    "by the time of the stream: packets of a record lie over its duration. Totals are since the first record read,\n"
    "or since `z`. A file is read at once, or with `--speed` as it happened; on a screen, one that is still being\n"
    "written goes on as it grows.\n\n"
    "Flows that were read are kept in memory, up to `--memory`, so that another key or filter counts them anew; when\n"
    "that is not enough the oldest go. What is missing, at the sensor, on the way or here, is in the first line.\n\n"
    "A row is marked `scan?` when its source called up 16 or more targets (a host and a TCP port) of which at least\n"
    "three in four accepted no connection, and the row is of such targets.\n\n"
    "## Without a screen\n\n"
    "`--once` prints one frame: of a file at its end, of live input after `--every`. `--batch` prints one every\n"
    "`--every`, up to `--count`. `--json` makes each frame one line: rows with all fields they have, and what went\n"
    "through in the last seconds.";

class Top final : public Command {
 public:
  Page page() const override {
    return {
        "[-r FILE... | --remote HOST... | -i INTERFACE...] [options] [- filter]",
        "Shows the busiest flows, merged by any key, as they change. Rows can be sorted, filtered and opened while\n"
        "it goes on; ? shows the keys.",
        {{"argus top --remote sensor1", "what goes through a sensor now"},
         {"argus top -i eth0 - not port 22", "an interface of this machine"},
         {"argus top -r day.flows -m saddr/24", "a file, by network"},
         {"argus top -r day.flows --speed 10", "ten times as fast as it happened"},
         {"argus top --remote sensor1 --batch --every 60 --json", "a line a minute, for other programs"}},
        kAboutTop,
        "keys",
        top_key_lines()};
  }
  void declare(OptionSet& options) override;
  Result<Exit> run(Io& io) override;

 private:
  void declare_look(OptionSet& options);
  [[nodiscard]] TopOpener opener(bool records) const;
  [[nodiscard]] Result<SourcePtr> open(Io& io);
  [[nodiscard]] Result<> prepare_names(const Io& io);

  InputOptions input_;
  AccountOptions account_;
  ModeOptions modes_;
  TopOptions top_;
  ColourWhen colour_ = ColourWhen::automatic;
  int numbers_ = 0;
  bool once_ = false, batch_ = false, not_mouse_ = false, resolve_ = false;
  std::string resolver_;
  std::shared_ptr<NameLookup> names_;               // where frames are printed
  std::unique_ptr<BackgroundLookup> names_behind_;  // of the screen
  std::optional<Nanos> idle_;
};

Result<std::uint64_t> parse_count(const std::string& text) {
  const auto n = parse_unsigned(text);
  if (!n || *n == 0) return fail(Errc::usage, "'{}': a number from 1 on", escaped(text));
  return *n;
}
Result<std::size_t> parse_rows(const std::string& text) {
  ARGUS_TRY_LET(const std::uint64_t n, parse_count(text));
  return std::min<std::uint64_t>(n, kBatchRowsMax);
}
Result<std::uint64_t> parse_memory(const std::string& text) {
  ARGUS_TRY_LET(const std::uint64_t n, parse_size(text));
  if (n < kMemoryLeast) return fail(Errc::usage, "'{}': 1M at least", escaped(text));
  return n;
}
Result<double> parse_speed(const std::string& text) {
  char* end = nullptr;
  const double speed = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(speed > 0) || speed > kSpeedMost)
    return fail(Errc::usage, "'{}': 1 is as it happened, 10 ten times as fast", escaped(text));
  return speed;
}

void Top::declare(OptionSet& options) {
  options.group("what to merge by");
  options.list("-m,--merge", "KEY...", top_.key, ListWords::plain,
               "fields, also cut: saddr/24, bytes/1000; matrix (saddr daddr proto dport)");
  options.common(), options.offer(&offered_keys);
  modes_.declare(options);
  input_.declare_watching(options);
  declare_look(options);
  options.group("without a screen");
  options.flag("--once", once_, "print one frame");
  options.common();
  options.flag("--batch", batch_, "print a frame every --every");
  options.value("--count", "COUNT", top_.frames_max, parse_count, "frames; then end");
  options.value("-N", "COUNT", top_.rows_max, parse_rows, "rows of a frame (20)");
  options.flag("--json", top_.json, "each frame as one JSON object a line, exact");
  options.group("how", OptionSet::Purpose::special);
  account_.declare(options);
  options.value("--memory", "SIZE", top_.memory_max, parse_memory, "flows kept for another key or filter (512M)");
  options.value("--groups", "COUNT", top_.groups_max, size_from(kGroupsLeast, kGroupsMost, "rows"),
                "rows counted; beyond it the smallest idle ones go (500k)");
}

void Top::declare_look(OptionSet& options) {
  options.group("what to show");
  options.list("-s,--fields", "FIELD...", top_.columns, ListWords::fields,
               "columns, also 2s 10s 40s (rates), peak and trend; +f adds, -f drops");
  options.common(), options.offer(&offered_top_columns);
  options.value("--sort", "FIELD", top_.sort,
                "order by a field, or by 2s, 10s, 40s; '-' before it reverses it (live: 2s; else pkts)");
  options.common(), options.offer_signed(&offered_top_orders);
  options.count("-n", numbers_, "ports as numbers; twice: protocols too");
  options.value("--idle", "TIME", idle_, parse_duration, "rows without traffic for so long are not listed (live: 60)");
  options.value("--every", "TIME", top_.every, parse_duration, "between two frames (0.5; printed: 5)");
  options.value("--speed", "TIMES", top_.speed, parse_speed, "play files as they happened, so many times as fast");
  options.value("--color", "WHEN", colour_, parse_colour_when, "colours; auto follows NO_COLOR");
  options.one_of({"auto", "always", "never"});
  declare_text_flags(options, SinkLook::separated, top_.saved);
  options.flag("--ascii", top_.ascii, "nothing but ASCII (chosen where the locale is not UTF-8)");
  options.flag("--resolve", resolve_, "names of hosts in the place of addresses, as the name servers say (DNS)");
  declare_resolver(options, resolve_, resolver_);
  options.flag("--no-mouse", not_mouse_, "leave the mouse to the terminal");
}

// For good, and before threads are made and packets are read.
Result<> give_up_rights(const InputOptions& input) {
  const RightsOptions rights = input.rights();
  ARGUS_TRY_LET(const Identity identity, choose_identity(rights));
  ARGUS_TRY_LET(const RightsReport report, drop_rights(identity, rights));
  input.limit_calls();
  log_detail(report.sentence);
  return {};
}

// The classic columns before words that only add to them or drop some. Live they are those that ticks have: with the
// others, traffic would be seen a minute late.
std::vector<std::string> over_classic_columns(const std::vector<std::string>& words, bool live) {
  const auto is_signed = [](const std::string& word) { return word.starts_with('+') || word.starts_with('-'); };
  if (!std::all_of(words.begin(), words.end(), is_signed)) return words;
  std::vector<std::string> out;
  for (const std::string& name : classic_columns()) {
    const auto inputs = stored_inputs({*find_field(name)}).list();
    const bool ticks = std::all_of(inputs.begin(), inputs.end(), [](Field input) { return tick_fields().has(input); });
    if (!live || ticks) out.push_back(name);
  }
  if (live) out.insert(out.end(), {"2s", "10s"});
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

TopOpener Top::opener(bool records) const {
  const auto input = std::make_shared<InputOptions>(input_);
  if (records) input->ask_for_records();
  return [input](std::atomic<bool>& stop) {
    Io io;
    io.stop = &stop;
    return input->open(io);
  };
}

Result<SourcePtr> Top::open(Io& io) {
  ARGUS_TRY_LET(SourcePtr source, input_.open(io));
  if (input_.reads_interfaces()) ARGUS_TRY(give_up_rights(input_));
  top_.live = source->header().live;
  top_.ticks = source->header().ticks;
  return source;
}

Result<> Top::prepare_names(const Io& io) {
  static const FieldSet kEnds = {Field::saddr, Field::daddr, Field::smask, Field::dmask};
  if (!top_.print) {
    ARGUS_TRY_LET(names_behind_, BackgroundLookup::start(resolver_, kHostNameBytesMax));
    top_.hosts = &names_behind_->names();
    top_.name_hosts = [this](const Batch& rows) { names_behind_->want(rows, kEnds); };
    return {};
  }
  ARGUS_TRY_LET(names_, NameLookup::open(resolver_, kHostNameBytesMax, io.stop));
  top_.hosts = &names_->names();
  top_.name_hosts = [this](const Batch& rows) {
    names_->look_up(rows, kEnds, top_.live ? NameLookup::Waits::rows : NameLookup::Waits::run);
  };
  return {};
}

Result<Exit> Top::run(Io& io) {
  ARGUS_TRY(modes_.check(io));
  top_.colour = wants_colour(colour_, io.out.fd());
  top_.rmon = modes_.rmon();
  top_.names = numbers_ == 0 ? Names::all : numbers_ == 1 ? Names::proto : Names::none;
  top_.mouse = !not_mouse_;
  top_.print = once_ || batch_ || top_.json;
  if (once_) top_.frames_max = 1;
  if (!speaks_utf8()) top_.ascii = true;
  const char* const kind = std::getenv("TERM");
  if (kind == nullptr || *kind == '\0' || std::string_view(kind) == "dumb") top_.print = true;
  if (!top_.print && ::isatty(io.out.fd()) == 0)
    return fail(Errc::usage, "standard output is not a terminal; --once prints one frame, --batch one after the other");
  if (!top_.print && input_.asked().explain)
    return fail(Errc::usage, "--explain: a screen has no room for it; --once prints one frame");
  if (io.classic && top_.sort.empty()) top_.sort = "pkts";
  if (io.classic && top_.key.empty())
    for (const std::string_view word : split_words(favourite_keys()[1], " ")) top_.key.emplace_back(word);
  top_.live = input_.reads_sensors() || input_.reads_interfaces();  // until the source says so
  if (io.classic) top_.columns = over_classic_columns(top_.columns, top_.live);
  ARGUS_TRY_LET(TopPlan plan, plan_top(top_));  // wrong words are found before anything is opened
  ARGUS_TRY_LET(const WherePtr wanted, input_.wanted());
  const bool ticks = ticks_suffice(plan.ask, wanted);
  if (!ticks) input_.ask_for_records();
  top_.notices = make_notices();
  top_.read_filter = escaped(input_.filter_text());
  top_.source = input_.describe();
  top_.waits = input_.reads_files();
  top_.sensors = input_.sensors();
  input_.set_listener([notices = top_.notices, prints = top_.print](const Notice& notice) {
    if (prints && notice.about == Notice::About::anything) log_note(whole_text(notice));
    notify(*notices, notice);
  });
  if (!top_.print && top_.speed == 0) input_.follow_written();
  SourcePtr source;
  if (!top_.print && input_.reads_sensors()) {
    // Whoever does not answer is waited for on the screen, where keys are heard.
    top_.open = opener(!ticks);
    top_.live = true, top_.ticks = ticks;
  } else {
    ARGUS_TRY_LET(source, open(io));
  }
  if (top_.ticks && !input_.reads_interfaces()) top_.instead = opener(true);
  top_.span = input_.span();
  top_.idle = idle_.value_or(top_.live && !top_.waits ? kIdleLive : 0);
  top_.ends_with_input = top_.live && input_.has_time_limit();
  if (resolve_) ARGUS_TRY(prepare_names(io));
  ARGUS_TRY_LET(plan, plan_top(top_));
  auto ran =
      top_.print ? print_top(io, std::move(source), top_, plan) : run_top(io, std::move(source), top_, std::move(plan));
  if (!ran && !top_.print && ran.error().code == Errc::unsupported)
    return hinted(std::move(ran.error()), "  --once prints one frame, --batch one after the other, without a screen");
  ARGUS_TRY_LET(TopRun run, std::move(ran));
  Account account = account_.account();
  account.as_json = top_.json;
  account.names = names_;
  ARGUS_TRY_LET(const Outcome done, conclude(io, std::move(run.done), run.cut ? &run.progress : nullptr, account));
  if (input_.asked().explain) log_note(read_text(run.progress));
  return done.exit;
}

}  // namespace

ARGUS_COMMAND(top, Top)

}  // namespace argus
