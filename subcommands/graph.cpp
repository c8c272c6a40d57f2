// graph: totals over time as a picture.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/address.h"
#include "base/clock_span.h"
#include "base/file.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "base/time_range.h"
#include "config/config.h"
#include "draw/chart.h"
#include "draw/metric.h"
#include "draw/palette.h"
#include "draw/picture.h"
#include "draw/scale.h"
#include "draw/series.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/ledger.h"
#include "flow/pump.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "query/bins.h"
#include "query/orient.h"
#include "shell/io.h"
#include "shell/options.h"
#include "shell/terminal.h"
#include "sink/kinds.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr std::string_view kAboutGraph =
    "## What is drawn\n\n"
    "First come the amounts: counters (`bytes pkts trans loss` and their halves), drawn per second, and levels\n"
    "(`tcprtt dur swin sttl ploss` ...), drawn as weighted averages. Then come the fields that tell series apart,\n"
    "also cut: `saddr/24`. The largest 8 are drawn, the rest together as `other`; small pictures have fewer. Without\n"
    "`-M`, a step is chosen.\n\n"
    "`bytes` and other sums of both directions have two halves with one scale: above the axis is what went to the\n"
    "local networks, below what left them; flows within or outside of them count from their source. So has a pair\n"
    "such as `sbytes dbytes`, as it is. [Pictures](../graph.md) shows and explains all of it.\n\n"
    "## As ragraph\n\n"
    "Called so, the picture is `ragraph.png` unless `-w` says something else, and its own options are understood:\n"
    "`-title -fill -stack -split -invert -log -upper -lower -rigid -height -width`.";

constexpr double kPixelsMost = 100e6;

// "a, b or c", each behind `before`.
std::string listed(const std::vector<std::string_view>& words, std::string_view before, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); i++)
    out += fmt::format("{}{}{}", i == 0 ? "" : i + 1 == words.size() ? last : ", ", before, words[i]);
  return out;
}

Result<double> parse_amount(const std::string& text) {
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  const std::string_view rest = end;
  if (rest.size() == 1) {
    const auto unit = std::string_view("kMGT").find(rest[0] == 'K' ? 'k' : rest[0]);
    if (unit != std::string_view::npos) value *= std::pow(1000.0, static_cast<double>(unit + 1)), end++;
  }
  if (end == text.c_str() || *end != '\0' || !std::isfinite(value))
    return fail(Errc::usage, "'{}' is not an amount; write 250, 1.5M", escaped(text));
  return value;
}

auto pixels_from(int least) { return number_from<int>(least, Look::kSideMost, "pixels"); }

Result<double> parse_scale(const std::string& text) {
  ARGUS_TRY_LET(const double scale, parse_amount(text));
  if (scale < 0.5 || scale > 8) return fail(Errc::usage, "'{}' is not a factor from 0.5 to 8", escaped(text));
  return scale;
}

// From when to when there are records that a picture without any could have shown.
class Extent final : public RowSink {
 public:
  FieldSet fields() const override { return {Field::stime, Field::ltime}; }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch& batch) override {
    const Flat<Nanos> stime = flat<Nanos>(batch[Field::stime], batch.rows());
    const Flat<Nanos> ltime = flat<Nanos>(batch[Field::ltime], batch.rows());
    for (std::size_t row = 0; row < batch.rows(); row++) {
      if (stime.has(row)) span_.begin = std::min(span_.begin, stime.values[row]);
      if (ltime.has(row)) span_.end = std::max(span_.end, ltime.values[row]);
    }
    return {};
  }
  Result<> ledger(const std::vector<LedgerEntry>&) override { return {}; }
  Result<> finish() override { return {}; }
  [[nodiscard]] std::string text() const {
    return span_.begin > span_.end ? "" : "; there is data of " + range_text(span_.begin, span_.end);
  }

 private:
  TimeSpan span_{INT64_MAX, INT64_MIN};
};

class Graph final : public Command {
 public:
  Page page() const override {
    return {"METRIC... [KEY...] [-M STEP] [-r FILE...] [-w FILE.png|.svg|.csv] [options] [- filter]",
            "Draws amounts over time: as a picture, or, without -w, as text for the terminal. Records are cut at the\n"
            "borders of the steps, so that the picture adds up to the totals.",
            {{"argus graph bytes dport -M 1m -r day.flows -w ports.png", "the busiest ports, in and out"},
             {"argus graph pkts proto -r day.flows", "in the terminal, with a step that fits"},
             {"argus graph tcprtt daddr -M 5m -r day.flows -w rtt.svg - tcp", "round trips, as weighted averages"},
             {"argus graph sloss dloss -M 1m -r day.flows -w loss.csv", "the numbers that would be drawn"}},
            kAboutGraph};
  }
  void declare(OptionSet& options) override;
  Result<Exit> run(Io& io) override;

 private:
  void declare_look(OptionSet& options);
  [[nodiscard]] Result<> take_size(const std::string& text);
  // What a picture is made as: a row of forms().
  struct Form {
    std::string_view name, suffix;  // of --format; of the file
    Result<std::string> (Graph::*make)(const Io& io, const Chart& chart) const;
    Result<> (Graph::*check)() const;    // before anything is read; may be null
    bool is_text;                        // for eyes: as wide as the terminal, and says itself that there is nothing
    std::string_view never_on_terminal;  // and why; empty: it may be there
  };
  [[nodiscard]] static const std::vector<Form>& forms();
  [[nodiscard]] static std::vector<std::string_view> form_words(std::string_view Form::*word);
  [[nodiscard]] static const Form* form_named(std::string_view word);
  [[nodiscard]] Result<const Form*> form_of(const Io& io) const;
  [[nodiscard]] Result<std::string> make_png(const Io& io, const Chart& chart) const;
  [[nodiscard]] Result<std::string> make_svg(const Io& io, const Chart& chart) const;
  [[nodiscard]] Result<std::string> make_csv(const Io& io, const Chart& chart) const;
  [[nodiscard]] Result<std::string> make_text(const Io& io, const Chart& chart) const;
  [[nodiscard]] Look look() const;
  [[nodiscard]] Result<> check_png() const;
  [[nodiscard]] Result<AxisWishes> wishes() const;
  [[nodiscard]] Result<Drawn> drawn_of(const AxisWishes& wished) const;
  [[nodiscard]] Result<std::vector<Prefix>> local_networks() const;
  [[nodiscard]] std::string subtitle(const Chart& chart, ClockStep step) const;
  void shape(Chart& chart, ClockStep step) const;
  [[nodiscard]] std::string data_elsewhere(Io& io);
  static void note(const Chart& chart, const Form& form);
  [[nodiscard]] std::size_t series_wanted(const Io& io, const Form& form) const;
  [[nodiscard]] std::size_t bins_wanted(const Io& io, const Form& form) const;
  [[nodiscard]] TextLook text_look(const Io& io) const;
  [[nodiscard]] std::string command_line(const Io& io) const;

  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_{{{"hard", "zero", "nomodify"}, true, "the step of time: 10s, 1m, 1h, 1d, 1w, 1M"}};
  std::vector<std::string> words_, keys_, local_;
  std::string format_, title_, unit_;
  TextOptions text_;  // flags of what is written as text for programs; nothing else of it
  int numbers_ = 0;
  std::size_t top_ = 8;
  bool flip_ = false, one_sided_ = false, lines_ = false, percent_ = false, log_ = false, per_bin_ = false,
       no_legend_ = false, ascii_ = false, rigid_ = false;
  std::optional<double> upper_, lower_;
  Look look_;
};

void Graph::declare(OptionSet& options) {
  options.words(words_, &offered_drawn);
  options.group("what to draw");
  modes_.declare(options);
  options.common();
  options.list("-m,--by", "KEY...", keys_, ListWords::plain,
               "fields that tell series apart, beside those of the first words");
  options.common(), options.offer(&offered_keys);
  options.value("-N,--top", "COUNT", top_, number_from<std::size_t>(1, kSeriesMost, "series"),
                "series beside 'other' (8)");
  options.common();
  options.list("--local", "NET...", local_, ListWords::plain, "your own networks (those for private use)");
  options.flag("--one-sided", one_sided_, "draw both directions as one");
  options.also("-split");
  options.flag("--flip", flip_, "swap the two halves");
  options.also("-invert");
  options.flag("--per-bin", per_bin_, "draw what is in each bin instead of its rate");
  options.value("--unit", "", unit_, "the unit of what is counted in bytes (bits)");
  options.one_of({"bits", "bytes"});
  options.count("-n", numbers_, "ports as numbers; twice: protocols too");
  input_.declare_reading(options);
  output_.declare_target(options, fmt::format("FILE{}; '-' is standard output, with --format",
                                              listed(form_words(&Form::suffix), ".", " or ")));
  options.value("--format", "", format_, "the format that -w writes, regardless of the file's name");
  const auto names = form_words(&Form::name);
  options.one_of({names.begin(), names.end()});
  declare_text_flags(options, SinkLook::separated, text_);
  declare_look(options);
}

void Graph::declare_look(OptionSet& options) {
  options.group("how it looks");
  options.flag("--lines", lines_, "draw lines instead of stacked areas");
  options.also("-fill,-stack");
  options.flag("--percent", percent_, "draw shares of the total, in percent");
  options.flag("--log", log_, "a logarithmic axis; draws lines");
  options.also("-log");
  options.value("--title", "TEXT", title_, "the title (without it: what is drawn)");
  options.also("-title");
  options.flag("--no-legend", no_legend_, "leave out the legend");
  options.value(
      "--size", "WIDTHxHEIGHT", [this](const std::string& text) { return take_size(text); },
      "width and height in pixels (1200x600)");
  options.value("--scale", "FACTOR", look_.scale, parse_scale,
                "enlarge everything, letters too, for screens of high resolution (1)");
  options.flag("--dark", look_.dark, "draw on a dark background");
  options.value(
      "--palette", "",
      [this](const std::string& text) -> Result<> {
        if (text != "classic" && text != "okabe-ito")
          return fail(Errc::usage, "'{}' is neither okabe-ito nor classic", escaped(text));
        look_.palette = text == "classic" ? Palette::classic : Palette::okabe_ito;
        return {};
      },
      "colours; those of okabe-ito suit the colour-blind (okabe-ito)");
  options.one_of({"okabe-ito", "classic"});
  options.flag("--ascii", ascii_, "draw text without braille characters");
  options.value("--upper", "VALUE", upper_, parse_amount, "the axis goes up to this value at least");
  options.also("-upper");
  options.value("--lower", "VALUE", lower_, parse_amount, "the axis goes down to this value at least");
  options.also("-lower");
  options.flag("--rigid", rigid_, "the axis ends exactly at --upper and --lower");
  options.also("-rigid");
  options.value("--height", "PIXELS", look_.height, pixels_from(Look::kHeightLeast), "");
  options.also("-height"), options.hide();
  options.value("--width", "PIXELS", look_.width, pixels_from(Look::kWidthLeast), "");
  options.also("-width"), options.hide();
  options.ignored("--vertical-label", OptionKind::value);
  options.also("-vertical-label");
  options.ignored("--comment", OptionKind::value);
  options.also("-comment");
}

Result<> Graph::take_size(const std::string& text) {
  const auto cross = text.find_first_of("xX");
  if (cross == std::string::npos || cross == 0 || cross + 1 == text.size())
    return fail(Errc::usage, "'{}': write WIDTHxHEIGHT, for example 1200x600", escaped(text));
  ARGUS_TRY_LET(look_.width, pixels_from(Look::kWidthLeast)(text.substr(0, cross)));
  ARGUS_TRY_LET(look_.height, pixels_from(Look::kHeightLeast)(text.substr(cross + 1)));
  return {};
}

const std::vector<Graph::Form>& Graph::forms() {
  static const std::vector<Form> all = {
      {"png", "png", &Graph::make_png, &Graph::check_png, false,
       "a PNG picture cannot be shown in a terminal; give -w FILE.png, or redirect"},
      {"svg", "svg", &Graph::make_svg, nullptr, false, ""},
      {"csv", "csv", &Graph::make_csv, nullptr, false, ""},
      {"text", "txt", &Graph::make_text, nullptr, true, ""},
  };
  return all;
}

std::vector<std::string_view> Graph::form_words(std::string_view Form::*word) {
  std::vector<std::string_view> out;
  for (const Form& form : forms()) out.push_back(form.*word);
  return out;
}

// Null: no form has this name or suffix.
const Graph::Form* Graph::form_named(std::string_view word) {
  for (const Form& form : forms())
    if (word == form.name || word == form.suffix) return &form;
  return nullptr;
}

Result<const Graph::Form*> Graph::form_of(const Io& io) const {
  const std::string& path = output_.write_path();
  if (!format_.empty()) {
    const Form* form = form_named(format_);
    if (form == nullptr)
      return fail(Errc::usage, "--format: '{}' is none of {}", escaped(format_),
                  listed(form_words(&Form::name), "", " and "));
    const bool on_terminal = (path.empty() || path == "-") && ::isatty(io.out.fd());
    if (on_terminal && !form->never_on_terminal.empty()) return fail(Errc::usage, "{}", form->never_on_terminal);
    return form;
  }
  if (path.empty()) return form_named("text");
  if (path == "-")
    return fail(Errc::usage, "-w -: what is to be written? Add --format {}",
                listed(form_words(&Form::name), "", " or "));
  const auto dot = path.rfind('.');
  const Form* form = dot == std::string::npos ? nullptr : form_named(std::string_view(path).substr(dot + 1));
  if (form == nullptr)
    return fail(Errc::usage, "-w {}: a name that ends in {} says what to write; or add --format", escaped(path),
                listed(form_words(&Form::suffix), ".", " or "));
  return form;
}

Result<Drawn> Graph::drawn_of(const AxisWishes& wished) const {
  auto drawn = parse_drawn(words_, keys_, wished, one_sided_);
  if (!drawn && words_.empty()) return input_.words_missing(std::move(drawn.error()));
  if (!drawn) return drawn;
  if (auto good = check_bin_key(drawn->keys); !good) return while_doing("-m", std::move(good.error()));
  return drawn;
}

Result<AxisWishes> Graph::wishes() const {
  if (!unit_.empty() && unit_ != "bits" && unit_ != "bytes")
    return fail(Errc::usage, "--unit: '{}' is neither bits nor bytes", escaped(unit_));
  if (log_ && percent_)
    return fail(Errc::usage, "--log and --percent exclude each other: shares have one axis, to 100");
  return AxisWishes{per_bin_, unit_ == "bytes"};
}

Result<std::vector<Prefix>> Graph::local_networks() const {
  std::vector<std::string> words = local_;
  std::string where = "--local";
  if (words.empty()) {
    ARGUS_TRY_LET(const Settings settings, load_settings({}));
    words = settings.list("graph.local");
    where = settings.where("graph.local");
  }
  if (words.empty()) return private_networks();
  std::vector<Prefix> out;
  for (const std::string& word : words) {
    const auto net = parse_prefix(word);
    const auto one = net ? std::nullopt : parse_address(word);
    if (!net && !one)
      return fail(Errc::usage, "{}: '{}' is not a network; write 192.0.2.0/24 or 2001:db8::/32", where, escaped(word));
    out.push_back(net ? *net : Prefix{*one, static_cast<std::uint8_t>(bits_of(one->family()))});
  }
  return out;
}

TextLook Graph::text_look(const Io& io) const {
  TextLook out;
  const bool terminal = ::isatty(io.out.fd()) != 0 && output_.write_path().empty();
  const auto size = terminal ? terminal_size(io.out.fd()) : std::nullopt;
  if (size) out.columns = size->columns, out.rows = std::max(size->rows - 1, 1);
  out.colour = terminal && wants_colour(output_.colour(), io.out.fd());
  out.utf8 = !ascii_ && speaks_utf8();
  out.legend = !no_legend_;
  return out;
}

// As many series as are asked for and can be named beside 'other'; of numbers all.
std::size_t Graph::series_wanted(const Io& io, const Form& form) const {
  if (no_legend_ || form.make == &Graph::make_csv) return top_;
  const std::size_t named = form.is_text ? series_named(text_look(io)) : series_named(look());
  const std::size_t room = std::max<std::size_t>(named, 2) - 1;
  if (top_ <= room) return top_;
  log_note(fmt::format("{} of {} series are drawn, as the legend has no room for more; a larger picture shows them",
                       room, top_));
  return room;
}

// As many as can be told apart.
std::size_t Graph::bins_wanted(const Io& io, const Form& form) const {
  if (form.is_text) return static_cast<std::size_t>(std::max(text_look(io).columns - 8, 32)) * 2;
  return static_cast<std::size_t>(look_.width) / 3;
}

std::string Graph::subtitle(const Chart& chart, ClockStep step) const {
  std::string out;
  const auto add = [&](const std::string& text) {
    if (!out.empty()) out += ", ";
    out += text;
  };
  const auto& paths = input_.paths();
  if (paths.size() > 2) add(fmt::format("{} inputs", paths.size()));
  else
    for (const std::string& path : paths) add(path == "-" ? "standard input" : path.substr(path.rfind('/') + 1));
  if (!chart.bins.empty()) add(range_text(chart.bins.front().begin, chart.bins.back().end));
  add("steps of " + step_text(step));
  if (input_.filter()) add("filter: " + *input_.filter());
  return out;
}

void Graph::shape(Chart& chart, ClockStep step) const {
  if (!title_.empty()) chart.title = title_;
  chart.subtitle = subtitle(chart, step);
  chart.stacked = chart.stacked && !lines_ && !log_;
  chart.percent = percent_ && !chart.total_unit.empty();
  chart.logarithmic = log_ && !chart.percent;
  chart.upper = upper_, chart.lower = lower_;
  chart.rigid = rigid_;
  if (!flip_ || !chart.mirrored) return;
  for (Series& series : chart.series) std::swap(series.up, series.down), std::swap(series.column, series.column_down);
  std::swap(chart.all_up, chart.all_down);
  std::swap(chart.up_label, chart.down_label);
}

// What a picture says of its making; where it was written to is left out, so that equal pictures are equal files.
std::string Graph::command_line(const Io& io) const {
  std::string out = io.program;
  for (std::size_t i = 0; i < io.words.size(); i++) {
    const std::string& word = io.words[i];
    if (word == "-w" || word == "--write") {
      i++;
      continue;
    }
    if (word.starts_with("--write=") || (word.starts_with("-w") && word.size() > 2)) continue;
    out += ' ';
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$*?()<>|&;") == std::string::npos;
    out += plain ? word : "'" + word + "'";
  }
  return out;
}

Look Graph::look() const {
  Look out = look_;
  out.legend = !no_legend_;
  return out;
}

Result<std::string> Graph::make_png(const Io& io, const Chart& chart) const {
  PictureNotes notes = {{"Title", chart.title}, {"Software", "argus"}, {"Command", command_line(io)}};
  if (input_.filter()) notes.emplace_back("Filter", *input_.filter());
  return png_picture(chart, look(), notes);
}
Result<std::string> Graph::make_svg(const Io&, const Chart& chart) const { return svg_picture(chart, look()); }
Result<std::string> Graph::make_csv(const Io&, const Chart& chart) const {
  if (!text_.guarded) return csv_picture(chart);
  Chart safe = chart;
  for (Series& series : safe.series) guard_formula(0, series.column), guard_formula(0, series.column_down);
  return csv_picture(safe);
}
Result<std::string> Graph::make_text(const Io& io, const Chart& chart) const {
  return text_picture(chart, text_look(io));
}

// Of files, what there is outside of -t; in words, or none.
std::string Graph::data_elsewhere(Io& io) {
  if (!input_.has_time_range() || !input_.reads_files() || input_.is_handed()) return {};
  InputOptions all = input_;
  all.forget_time_range();
  const auto source = all.open(io);
  Extent extent;
  Resources resources;
  resources.stop = io.stop;
  if (!source || !pump(**source, extent, {stored_inputs(extent.fields()), nullptr, {}}, resources)) return {};
  return extent.text();
}

Result<> Graph::check_png() const {
  if (look_.width * look_.scale * look_.height * look_.scale > kPixelsMost)
    return fail(Errc::usage, "a picture of more than {:.0f} million pixels; take a smaller --size or --scale",
                kPixelsMost / 1e6);
  return png_ready();
}

// What is said beside the picture.
void Graph::note(const Chart& chart, const Form& form) {
  if (!chart.nothing.empty() && !form.is_text) log_note(chart.nothing);
  if (form.make != &Graph::make_csv && has_lone_peak(chart))
    log_note("one peak is far above all else; --log shows the rest, too");
}

Result<Exit> Graph::run(Io& io) {
  ARGUS_TRY(modes_.check(io));
  if (io.classic && output_.write_path().empty()) output_.write_to("ragraph.png");
  ARGUS_TRY_LET(const Form* form, form_of(io));
  for (const TextFlag& flag : text_flags())
    if (text_.*flag.member && form->make != &Graph::make_csv)
      return fail(Errc::usage, "{} is of {}", flag.option, form_named("csv")->name);
  ARGUS_TRY_LET(const AxisWishes wished, wishes());
  ARGUS_TRY_LET(Drawn drawn, drawn_of(wished));
  if (form->check != nullptr) ARGUS_TRY((this->*form->check)());
  const bool rmon = modes_.rmon() || drawn.keys.rmon;
  const bool turns =
      !rmon && std::any_of(drawn.metrics.begin(), drawn.metrics.end(), [](const Metric& m) { return m.towards_local; });
  std::vector<Prefix> local;
  if (turns) {
    ARGUS_TRY_LET(local, local_networks());
  }
  // Where it goes is made sure of before anything is read.
  std::optional<Replacement> file;
  OutputTarget target;
  if (output_.to_file()) {
    ARGUS_TRY_LET(target, output_.check_target(input_.paths_of(io)));
    ARGUS_TRY_LET(file, Replacement::create(output_.write_path()));
  }
  const auto turned = std::make_shared<bool>(false);
  input_.leave_missed_range_unsaid();
  ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
  BinOptions bins;
  bins.key = drawn.keys;
  bins.key.none = drawn.keys.keys.empty();
  bins.loose = true, bins.rmon = rmon;
  bins.nomodify = modes_.has("nomodify");  // hard and zero are what a chart is in any case
  for (Metric& metric : drawn.metrics) {
    bins.nomodify = bins.nomodify || is_of_whole_records(metric.up);
    if (metric.towards_local && rmon) std::swap(metric.up, *metric.down);  // what an object got is above
    if (!metric.towards_local || rmon) continue;
    flows = oriented(std::move(flows), local, {metric.up, *metric.down}, turned);
  }
  ClockStep step = modes_.step().value_or(ClockStep{});
  const auto choose = [&](TimeSpan span) {
    if (input_.span().begin != INT64_MIN && input_.span().end != INT64_MAX) span = input_.span();
    const Nanos length = std::min(span.end, kTimeMost) - std::max(span.begin, kTimeLeast);
    return step = step_for(length, bins_wanted(io, *form));
  };
  bins.step = step;
  flows = modes_.step() ? binned(std::move(flows), bins) : binned(std::move(flows), bins, choose);

  SeriesOptions series;
  series.drawn = std::move(drawn);
  series.wishes = wished;
  series.style.names = numbers_ == 0 ? Names::all : numbers_ == 1 ? Names::proto : Names::none;
  series.top = series_wanted(io, *form);
  series.span = input_.span();
  series.rmon = rmon;
  series.memory_max = output_.memory_max();
  const auto sink = series_sink(std::move(series), [&step] { return step; });
  RunOptions run = output_.run_options(input_.asked());
  run.account.cut = target.left_when_cut();
  ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *flows, *sink, run));
  ARGUS_TRY_LET(Chart chart, sink->chart({step, *turned}));
  if (done.interrupted && target.stays_when_cut()) return done.exit;
  if (!chart.nothing.empty() && done.exit == Exit::done && !chart.knows_data) chart.nothing += data_elsewhere(io);
  shape(chart, step);
  ARGUS_TRY_LET(const std::string made, (this->*form->make)(io, chart));
  ARGUS_TRY((file ? file->file() : io.out).write(made));
  if (file) ARGUS_TRY(file->commit());
  note(chart, *form);
  return done.exit;
}

}  // namespace

ARGUS_COMMAND(graph, Graph)

}  // namespace argus
