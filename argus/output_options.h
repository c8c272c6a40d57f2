// What to write, the same letters in every command: records or text, which columns, how values look, how many rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/pump.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/flow_file.h"
#include "sink/text.h"

namespace argus {

// Says what a run met and lost, or all of the ledger (--ledger); its exit status.
[[nodiscard]] Exit report_run(const Pumped& done, bool whole_ledger = false);

class OutputOptions {
 public:
  void declare(OptionSet& options);
  // Of a command that writes something else than records: -w, said to be `written`, and how to go about it.
  void declare_target(OptionSet& options, std::string_view written);
  // Of a command with options of its own for all that: only what is said of losses.
  void declare_account(OptionSet& options);
  // Runs the source into the sink that the options and the pipe rule choose, reports what was lost or damaged on
  // standard error, and gives the exit status. `inputs`: paths that must not be written to.
  [[nodiscard]] Result<Exit> run(Io& io, SourcePtr source, const Needs& limits, const std::vector<std::string>& inputs);
  // That -w is no input and, with --no-clobber, not there; `inputs` as for run().
  [[nodiscard]] Result<> check_target(const std::vector<std::string>& inputs,
                                      FlowFileMode mode = FlowFileMode::replace);
  // The two halves of run(), for a command that has other sinks as well.
  [[nodiscard]] Result<SinkPtr> open_sink(Io& io, const StreamHeader& header, const std::vector<std::string>& inputs);
  [[nodiscard]] Result<Exit> run_into(Io& io, Source& source, Sink& sink, const Needs& limits);

  // For a command that prints its own text: how it is to look. Usage error for more than one form.
  enum class Form : std::uint8_t { table, separated, json };  // TextOptions::separator says more of the first two
  [[nodiscard]] Result<Form> form() const;
  [[nodiscard]] TextOptions text_options(const Io& io, const StreamHeader& header) const;

  [[nodiscard]] const std::vector<std::string>& column_words() const { return columns_; }
  [[nodiscard]] bool to_file() const { return !write_.empty() && write_ != "-"; }
  void write_to(std::string path) { write_ = std::move(path); }  // as if -w had said so
  [[nodiscard]] const std::string& write_path() const { return write_; }
  // What the last run() did to the file of -w: "written to day.flows", "appended to day.flows" or "written to day.flows
  // (replaced)".
  [[nodiscard]] std::string written() const;
  // It was interrupted: what -w would have replaced stays as it was.
  [[nodiscard]] bool keeps_target(const Io& io) const { return io.was_interrupted() && target_ == Target::replaced; }
  [[nodiscard]] std::uint64_t memory_max() const { return memory_max_; }
  [[nodiscard]] bool quiet() const { return quiet_; }
  // What the last run() did.
  [[nodiscard]] const Pumped& done() const { return done_; }
  // -N i...: the input cut to the records that are to be read.
  [[nodiscard]] SourcePtr records_read(SourcePtr input) const;
  // -N: rows printed; sort uses the end to keep no more.
  struct Range {
    std::uint64_t begin = 0, end = UINT64_MAX;
  };
  [[nodiscard]] const std::optional<Range>& rows_printed() const { return rows_; }

 private:
  void declare_how(OptionSet& options);
  [[nodiscard]] bool wants_text() const;
  [[nodiscard]] Result<SinkPtr> open_file(const Io& io, const std::vector<std::string>& inputs);
  [[nodiscard]] Result<> take_rows(const std::string& text);

  // What -w finds.
  enum class Target : std::uint8_t { fresh, replaced, grown };
  Target target_ = Target::fresh;
  std::string write_, separator_, time_format_, header_every_;
  std::vector<std::string> columns_;
  bool csv_ = false, json_ = false, tsv_ = false, text_ = false, guarded_ = false, human_ = false, quiet_ = false,
       epoch_ = false, utc_ = false, fail_empty_ = false, no_clobber_ = false, append_ = false, ledger_ = false,
       fail_on_loss_ = false;
  int numbers_ = 0;
  int digits_ = 6;
  std::uint64_t memory_max_ = 2'000'000'000;
  std::optional<Range> rows_, records_;
  Pumped done_;
};

}  // namespace argus
