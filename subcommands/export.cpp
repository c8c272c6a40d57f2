// export: records in the formats of other programs, to a file, standard output or a socket.
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/destination.h"
#include "argus/input_options.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/file.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "export/formats.h"
#include "export/outlet.h"
#include "flow/notice.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/behind.h"
#include "sink/flow_place.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr Nanos kPatience = 600 * kSecond;  // for a database that is away

std::string about_formats() {
  std::string out =
      "## Formats\n\n"
      "| `--format` | what it is |\n"
      "|---|---|\n";
  for (const ExportFormat& format : export_formats()) out += fmt::format("| `{}` | {} |\n", format.name, format.help);
  out +=
      "\n[Export](../export.md) says how fields become theirs, and what each format cannot hold.\n\n"
      "## Places\n\n"
      "Without `--to`, and with `--to -`, records go to standard output. A file is written under another name and\n"
      "takes its own when it is whole; it stays as it was where argus is interrupted. `tcp://HOST:PORT` is one\n"
      "connection, `udp://HOST:PORT` a datagram a line. Files wait for a slow receiver. Live records (`--remote`)\n"
      "never do: they stand in a queue, a receiver that is away is called again each second, and when the queue is\n"
      "full the oldest records are lost, counted and told. Records that were under way when a connection broke may\n"
      "be missing or come twice. Nobody acknowledges datagrams: `--rate` keeps a receiver from losing them.\n\n"
      "## Databases\n\n"
      "| `--to` | what it is |\n"
      "|---|---|\n";
  for (const DestinationKind& kind : destination_kinds())
    out += fmt::format("| `{}` | {} |\n", kind.example, kind.text);
  out +=
      "\nA database has a form of its own: no `--format` is given. Each record is there once, whatever is cut on the\n"
      "way: before rows are sent, argus asks which of them are there, so an export that was cut is run again with the\n"
      "same words. A server that goes away is waited for, up to `--wait`. [ClickHouse](../clickhouse.md) says how to\n"
      "begin, what the URL may name, and how every command reads the records back.";
  return out;
}

// The path is a file that is read.
bool is_input(const std::string& path, const std::vector<std::string>& inputs) {
  struct stat target {};
  if (::stat(path.c_str(), &target) != 0 || !S_ISREG(target.st_mode)) return false;
  for (const std::string& input : inputs) {
    struct stat info {};
    if (::stat(input.c_str(), &info) == 0 && info.st_dev == target.st_dev && info.st_ino == target.st_ino) return true;
  }
  return false;
}

class Export final : public Command {
 public:
  Page page() const override {
    static const std::string about = about_formats();
    return {"--format FORMAT | --to DATABASE [-r FILE... | --remote HOST...] [--to PLACE] [- filter]",
            "Writes records in the formats of other programs, or into databases.",
            {{"argus export --to clickhouse://ch1/net --create -r day.flows", "into a database, each record once"},
             {"argus cluster -r day.flows then export --format zeek --to conn.log",
              "a line for each connection, as Zeek has it"},
             {"argus cluster -r day.flows then export --format zeek-json", "a line for each flow, not for each record"},
             {"argus export --format ecs --remote sensor1 --to tcp://siem:5044", "live, to a program that takes JSON"}},
            about};
  }
  void declare(OptionSet& options) override {
    options.group("what to write", Chained::last);
    std::vector<std::string> names;
    for (const ExportFormat& format : export_formats()) names.emplace_back(format.name);
    options.value("--format", "", format_, "the format");
    options.one_of(names), options.common();
    options.value("--to", "PLACE", to_,
                  "a file, '-', tcp://HOST:PORT, udp://HOST:PORT or a database (standard output)");
    options.common(), options.offer(&offered_files);
    options.list("-s,--fields", "FIELD...", fields_, ListWords::fields,
                 "fields of formats that have them under their own names (all that records store)");
    options.offer(&offered_columns);
    options.flag("--no-clobber", no_clobber_, "refuse to write to a file that exists");
    input_.declare_reading(options);
    options.group("how", Chained::last, OptionSet::Purpose::special);
    options.value("--rate", "N", rate_, number_from<std::uint64_t>(1, 10'000'000, "datagrams a second"),
                  "datagrams a second, at most (no limit)");
    options.flag("--create", create_, "make the tables of a database that are not there, and columns that they lack");
    options.value("--wait", "TIME", patience_, parse_duration, "how long to wait for a database that is away (10m)");
    declare_threads(options, threads_);
    account_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    if (const DestinationKind* kind = find_destination(to_)) return run_into(io, *kind);
    if (create_ || patience_ != 0)
      return fail(Errc::usage, "--create and --wait are for databases: --to clickhouse://...");
    if (format_.empty()) return fail(Errc::usage, "--format is missing: give {}", format_names());
    const ExportFormat* format = find_export_format(format_);
    if (format == nullptr) return fail(Errc::usage, "no format '{}'; there are {}", escaped(format_), format_names());
    ExportOptions options;
    options.say = [](const std::string& text) { log_note(text); };
    if (!fields_.empty()) {
      if (format->names == ExportFormat::Names::theirs)
        return fail(Errc::usage, "-s is for formats with names of argus; {} has columns of its own", format->name);
      ARGUS_TRY_LET(const auto columns, parse_columns(fields_, default_columns()));
      for (const ColumnSpec& column : columns) options.columns.push_back(column.field);
    }
    ARGUS_TRY_LET(const SourcePtr source, input_.open(io));
    ARGUS_TRY(check_place(*format, io));
    OutletOptions how;
    how.datagrams_a_second = rate_;
    how.stop = io.stop;
    how.is_cut = [&io] { return io.was_interrupted(); };
    ARGUS_TRY_LET(OutletPtr outlet, open_outlet(to_, how));
    // Who is away when records wait in a file is told at once.
    const bool live = input_.is_live(*source);
    const bool queued = live && is_socket_target(to_);
    if (!queued) ARGUS_TRY(outlet->session());
    SinkPtr sink = format->open(std::move(outlet), options);
    if (queued)
      sink = behind(std::move(sink), {.name = to_, .warn = [](const std::string& text) { log_warning(text); }});
    RunOptions run{.input = input_.asked(), .threads = threads_, .account = account_.account()};
    if (to_file()) run.account.cut = to_ + (existed_ ? " is unchanged" : " was not written");
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *source, *sink, run));
    return done.exit;
  }

 private:
  Result<Exit> run_into(Io& io, const DestinationKind& kind) {
    if (!format_.empty() || !fields_.empty() || no_clobber_ || rate_ != 0)
      return fail(Errc::usage, "a database has a form of its own; leave out --format, -s, --no-clobber and --rate");
    input_.leave_choice();
    DestinationAsked asked{to_, create_, nullptr, io.stop, patience_ != 0 ? patience_ : kPatience, {}};
    asked.say = [](const Notice& notice) { log_warning(whole_text(notice)); };
    ARGUS_TRY_LET(asked.where, input_.wanted());
    ARGUS_TRY_LET(const Destination to, kind.open(asked));
    ARGUS_TRY_LET(const SourcePtr source, input_.open(io));
    RunOptions run{.input = input_.asked(), .threads = threads_, .account = account_.account()};
    if (::isatty(STDERR_FILENO) != 0) run.account.closing = [&to](const Outcome&) { return to.closing(); };
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *source, *to.sink, run));
    return done.exit;
  }
  static std::string format_names() {
    std::vector<std::string> names;
    for (const ExportFormat& format : export_formats()) names.emplace_back(format.name);
    return joined(names, ", ");
  }
  [[nodiscard]] bool to_file() const { return to_ != "-" && !is_socket_target(to_); }
  Result<> check_place(const ExportFormat& format, const Io& io) {
    if (to_ == "-" && format.kind == ExportFormat::Kind::bytes && ::isatty(io.out.fd()) != 0)
      return fail(Errc::usage, "{} is binary; name a file with --to, or redirect", format.name);
    if (!to_file()) return {};
    existed_ = ::access(to_.c_str(), F_OK) == 0;
    if (no_clobber_ && existed_) return fail(Errc::io, "{}: the file exists (--no-clobber)", to_);
    if (is_input(to_, input_.paths())) return fail(Errc::usage, "--to: {} is also an input", to_);
    const auto file = existed_ ? open_read(to_) : Result<File>(File());
    if (file && file->is_open() && begins_as_flow_file(*file))
      return fail(Errc::foreign, "{}: exists and is a flow file; it was not replaced. Remove it, or name another file",
                  to_);
    return {};
  }

  InputOptions input_;
  AccountOptions account_;
  std::string format_, to_ = "-";
  std::vector<std::string> fields_;
  std::uint64_t rate_ = 0;
  std::size_t threads_ = 1;
  Nanos patience_ = 0;  // 0: kPatience
  bool no_clobber_ = false, existed_ = false, create_ = false;
};

}  // namespace

ARGUS_COMMAND(export, Export)

}  // namespace argus
