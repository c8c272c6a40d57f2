#include "argus/run.h"

#include "argus/explain.h"
#include "argus/handed.h"
#include "argus/ledger_report.h"
#include "argus/name_lookup.h"
#include "base/count_text.h"
#include "base/log.h"
#include "flow/field.h"
#include "shell/progress_line.h"

namespace argus {

namespace {

std::string interruption(const Progress& progress) {
  // What was read ahead of the records is not known so exactly.
  if (progress.bytes_whole != 0 && progress.bytes >= progress.bytes_whole)
    return "interrupted near the end of " + count_text(progress.bytes_whole, "byte");
  if (progress.bytes_whole != 0)
    return fmt::format("interrupted after {} of {}", progress.bytes, count_text(progress.bytes_whole, "byte"));
  if (progress.packets != 0) return "interrupted after " + count_text(progress.packets, "packet");
  return "interrupted after " + count_text(progress.records, "record");
}

// What could not be done outranks what was damaged, and both outrank what the account makes of a good end.
Exit exit_of(const Outcome& done, const Account& account) {
  Exit exit = Exit::done;
  for (const Error& problem : done.problems) exit = worse(exit, exit_status(problem.code));
  if (exit != Exit::done) return exit;
  if (account.fail_on_loss && has_loss(done.journal)) return Exit::damaged;
  if (account.fail_empty && done.rows == 0) return Exit::nothing;
  return exit;
}

}  // namespace

Result<Outcome> conclude(Io& io, Pumped done, const Progress* cut, const Account& account) {
  for (const Error& problem : done.problems) log_error(problem);
  const bool json = account.whole_ledger && account.as_json;
  account.whole_ledger && !json ? report_ledger(done.journal, account.asked) : report_losses(done.journal);
  if (json) {
    auto written = io.out.write(ledger_json(done));
    if (!written && written.error().code != Errc::closed) return std::move(written.error());
  }
  Outcome out{done.rows, std::move(done.journal), std::move(done.problems), cut != nullptr};
  out.exit = cut != nullptr ? io.interrupted() : exit_of(out, account);
  if (account.names) account.names->report();
  if (cut != nullptr) log_error(interruption(*cut) + (account.cut.empty() ? "" : "; " + account.cut));
  if (account.closing)
    if (const std::string last = account.closing(out); !last.empty()) log_note(last);
  return out;
}

Result<Outcome> run_pipeline(Io& io, Source& source, Sink& sink, const RunOptions& options) {
  Resources resources;
  resources.memory_max = options.memory_max;
  resources.stop = io.stop;
  resources.threads = options.threads;
  const Needs needs{stored_inputs(sink.fields()), nullptr, options.input.span};
  ARGUS_TRY_LET(Pumped done, pump(source, sink, needs, resources));
  if (const MeasuredSource* measured = source.measured()) *io.progress = measured->progress();
  ARGUS_TRY_LET(Outcome out,
                conclude(io, std::move(done), io.was_interrupted() ? io.progress.get() : nullptr, options.account));
  const bool none = io.progress->read.rows_kept == 0 && io.progress->records + io.progress->packets != 0;
  if (none && !out.interrupted && !options.input.why_nothing_passed.empty())
    log_note(std::string(options.input.why_nothing_passed));
  if (options.input.explain) log_note(read_text(*io.progress));
  return out;
}

Result<Outcome> run_output(Io& io, SourcePtr source, const OutputOptions& output, const InputOptions& input,
                           const std::vector<std::string>& further) {
  source = output.rows_wanted(std::move(source));
  if (!io.is_last) {
    Outcome out;
    ARGUS_TRY_LET(out.exit, io.next(std::make_shared<Handed>(Handed{std::move(source), input})));
    return out;
  }
  const InputAsked asked = input.asked();
  std::vector<std::string> inputs = input.paths();
  inputs.insert(inputs.end(), further.begin(), further.end());
  if (io.line && ::isatty(io.out.fd()) != 0) source = answering(std::move(source), io.line);
  ARGUS_TRY_LET(const Output to, output.open_sink(io, source->header(), inputs));
  if (to.names) source = resolved(std::move(source), to.names);
  RunOptions options = output.run_options(asked);
  options.account.cut = to.target.left_when_cut();
  options.account.names = to.names;
  options.account.closing = output.closing_line(io, asked, source->header().live);
  return run_pipeline(io, *source, *to.sink, options);
}

}  // namespace argus
