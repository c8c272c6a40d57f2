// Frames of `top` as text or JSON, for cron, tests and screen readers.

#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "draw/cells.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/terminal.h"
#include "store/live_table.h"
#include "top/frame.h"
#include "top/look.h"
#include "top/model.h"
#include "top/reader.h"
#include "top/top.h"

namespace argus {

namespace {

constexpr Nanos kEvery = 5 * kSecond;
constexpr Nanos kWaitMost = 50 * kMillisecond;

int columns_of(int fd) {
  const auto size = terminal_size(fd);
  return size ? size->columns : static_cast<int>(kNoScreen);
}

std::string frame_text(const TopPicture& picture, const TopLook& look, const TopHeading& heading, int columns) {
  std::string out;
  for (const Line& line : draw_summary(picture, look, heading, static_cast<std::size_t>(columns)))
    out += text_of(line) + '\n';
  for (const Line& line : draw_rows(picture, look, SIZE_MAX, static_cast<std::size_t>(columns), SIZE_MAX))
    out += text_of(line) + '\n';
  return out;
}

void append_traffic(const Traffic& traffic, std::string& out) {
  out += fmt::format(R"({{"spkts":{},"dpkts":{},"sbytes":{},"dbytes":{}}})", traffic.spkts, traffic.dpkts,
                     traffic.sbytes, traffic.dbytes);
}

void append_windows(const std::array<Traffic, kRateSeconds.size()>& windows, std::string& out) {
  for (std::size_t w = 0; w < windows.size(); w++) {
    out += fmt::format(R"("last_{}s":)", kRateSeconds[w]);
    append_traffic(windows[w], out);
    out += w + 1 < windows.size() ? "," : "";
  }
}

TimeStyle exact_time() { return {TimeStyle::Form::rfc3339, 9, ""}; }

// One row: all fields it has, then what went through in the last seconds.
void append_row(const TopPicture& picture, std::size_t row, std::vector<FieldPrinter>& printers, std::string& out) {
  out += '{';
  for (std::size_t f = 0; f < printers.size(); f++) {
    if (!printers[f].has(row)) continue;
    append_json_string(all_fields()[f].name, out);
    out += ':';
    std::string value;
    printers[f].append_json(row, value);
    out += value + ',';
  }
  append_windows(picture.rows[row].rates, out);
  if (!picture.rows[row].mark.empty()) {
    out += R"(,"mark":)";
    append_json_string(picture.rows[row].mark, out);
  }
  out += '}';
}

std::string frame_json(const TopPicture& picture, const TopHeading& heading) {
  std::string out = R"({"source":)";
  append_json_string(heading.source, out);
  const auto time = [&](std::string_view name, Nanos value) {
    if (value == 0) return;
    out += fmt::format(R"(,"{}":")", name);
    append_time(value, exact_time(), out);
    out += '"';
  };
  time("time", heading.clock), time("since", picture.since);
  out += fmt::format(R"(,"records":{},"rows_listed":{},"total":)", picture.records, picture.listed);
  append_traffic(picture.total, out);
  out += ',';
  append_windows(picture.total_rates, out);
  out += R"(,"losses":[)";
  for (std::size_t i = 0; i < picture.losses.size(); i++) {
    out += i == 0 ? "" : ",";
    append_json_string(picture.losses[i], out);
  }
  out += R"(],"away":[)";
  for (std::size_t i = 0; i < picture.away.size(); i++) {
    out += i == 0 ? "" : ",";
    append_json_string(picture.away[i], out);
  }
  out += R"(],"rows":[)";
  TextStyle style;
  style.names = Names::proto;
  style.digits = 9;
  style.time = exact_time();
  std::vector<FieldPrinter> printers;
  for (const FieldInfo& field : all_fields()) {
    printers.emplace_back(field.field, style);
    printers.back().start(picture.batch);
  }
  for (std::size_t i = 0; i < picture.rows.size(); i++) {
    out += i == 0 ? "" : ",";
    append_row(picture, i, printers, out);
  }
  return out + "]}\n";
}

}  // namespace

Result<TopRun> print_top(Io& io, SourcePtr source, const TopOptions& options, const TopPlan& plan) {
  TopModel model(plan.ask, options.memory_max, options.live);
  TopReader reader(std::move(source), {model.needs(), nullptr, options.span}, options.notices, reader_options(options));
  TopHeading heading;
  heading.source = options.source, heading.ticks = options.ticks, heading.sensors = options.sensors;
  heading.key = plan.key_text, heading.read_filter = options.read_filter;
  const Nanos every = options.every != 0 ? options.every : kEvery;
  const bool timed = options.live || options.speed > 0;
  const int columns = columns_of(io.out.fd());
  Nanos due = steady_now() + every;
  for (std::uint64_t frames = 0;;) {
    const Nanos now = steady_now();
    if (auto update = reader.take(timed ? std::clamp<Nanos>(due - now, 0, kWaitMost) : kWaitMost))
      model.take(*update, now);
    model.pass(steady_now());
    const bool last = model.ended() || *io.stop;
    if (!last && (!timed || steady_now() < due)) continue;
    const TopPicture picture = model.picture(plan.look, options.idle, 0, options.rows_max, true);
    if (options.name_hosts && !options.json) options.name_hosts(picture.batch);
    heading.clock = options.live ? wall_now() : picture.now;
    if (frames != 0 && !options.json) ARGUS_TRY(io.out.write(std::string_view("\n")));
    ARGUS_TRY(
        io.out.write(options.json ? frame_json(picture, heading) : frame_text(picture, plan.look, heading, columns)));
    frames++;
    due += every;
    if (last || (options.frames_max != 0 && frames >= options.frames_max)) break;
  }
  const bool cut = !options.live && !model.ended() && *io.stop;
  Progress told;
  told.records = model.read().rows;
  return TopRun{model.read(), reader.stop().value_or(told), cut};
}

}  // namespace argus
