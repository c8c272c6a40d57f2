// What to write, the same letters in every command: records or text, which columns, how values look, how many rows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "argus/account.h"
#include "argus/name_lookup.h"
#include "base/result.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"
#include "shell/terminal.h"
#include "sink/flow_file.h"
#include "sink/kinds.h"
#include "sink/text.h"

namespace argus {

// The file of -w, and what a run does to it.
struct OutputTarget {
  enum class Found : std::uint8_t { nothing, replaced, grown };
  std::string path;  // empty: none is written
  Found found = Found::nothing;

  // "written to day.flows", "appended to day.flows" or "written to day.flows (replaced)".
  [[nodiscard]] std::string written() const;
  // What would have been replaced stays as it was where the run is interrupted.
  [[nodiscard]] bool stays_when_cut() const { return found == Found::replaced; }
  // "day.flows is unchanged" or "day.flows has the records read before that"; empty without a file.
  [[nodiscard]] std::string left_when_cut() const;
};

struct Output {
  SinkPtr sink;
  OutputTarget target;
  std::shared_ptr<NameLookup> names = nullptr;  // that the sink prints, which must not outlive them; null: none
};

// The flags of the kinds of text that have this look, into `text`.
void declare_text_flags(OptionSet& options, SinkLook look, TextOptions& text);

// --threads: one for each core if nothing is said.
void declare_threads(OptionSet& options, std::size_t& threads);

class OutputOptions {
 public:
  void declare(OptionSet& options);
  // Of a command that writes something else than records: -w, said to be `written`, and how to go about it.
  void declare_target(OptionSet& options, std::string_view written);
  // Of a command whose work can be divided: behind declare(), on how many threads.
  void declare_threads(OptionSet& options);
  // What -w finds: no input and, with --no-clobber, not there. `inputs`: paths that must not be written to.
  [[nodiscard]] Result<OutputTarget> check_target(const std::vector<std::string>& inputs,
                                                  FlowFileMode mode = FlowFileMode::replace) const;
  // The sink that the options and the pipe rule choose; its file, if any, is open. `io` must outlive it.
  [[nodiscard]] Result<Output> open_sink(Io& io, const StreamHeader& header,
                                         const std::vector<std::string>& inputs) const;
  [[nodiscard]] RunOptions run_options(const InputAsked& asked) const;
  // --resolve, for a table on io.out; null: not asked for. Usage error for a server that is none.
  [[nodiscard]] bool resolves() const { return flags_.resolved; }
  [[nodiscard]] Result<std::shared_ptr<NameLookup>> open_names(const Io& io) const;
  // Somebody reads a table at a terminal, and standard error there: what Account::closing says of `rows`, without a
  // function those that went into the sink. `live`: the source was. Else empty.
  using RowsPrinted = std::function<std::uint64_t()>;
  [[nodiscard]] std::function<std::string(const Outcome&)> closing_line(const Io& io, const InputAsked& asked,
                                                                        bool live, RowsPrinted rows = {}) const;

  // For a command that prints its own text: how it is to look; TextOptions::separator says more of tables and separated
  // text. Usage error for more than one kind.
  using Form = SinkLook;
  [[nodiscard]] Result<Form> form() const;
  [[nodiscard]] TextOptions text_options(const Io& io, const StreamHeader& header) const;

  [[nodiscard]] bool limits_records() const {
    return static_cast<bool>(records_);
  }  // -N i, before they are put together
  [[nodiscard]] const std::vector<std::string>& column_words() const { return columns_; }
  // Before declare(): -w may be given several times, and may have a filter behind " - ".
  void take_several() { several_ = true; }
  // Before declare(): -H is the command's own, and --human has no letter.
  void leave_letter_of_human() { human_letter_ = false; }
  // The texts of -w where it may be given several times.
  [[nodiscard]] const std::vector<std::string>& written() const { return written_; }
  // Usage errors for what is chosen of one file or of text, where -w names many files.
  [[nodiscard]] Result<> check_many_files() const;
  // Of files that exist: by --append, or as the classic names do.
  [[nodiscard]] bool adds_to_files(const Io& io) const { return append_ || io.adds_to_files; }
  [[nodiscard]] bool to_file() const { return !write_.empty() && write_ != "-"; }
  void write_to(std::string path) { write_ = std::move(path); }  // as if -w had said so
  [[nodiscard]] const std::string& write_path() const { return write_; }
  [[nodiscard]] std::uint64_t memory_max() const { return memory_max_; }
  [[nodiscard]] bool quiet() const { return quiet_; }
  // Records are counted from both ends: a table's source is the object itself.
  void set_rmon(bool rmon) { rmon_ = rmon; }
  [[nodiscard]] ColourWhen colour() const { return colour_; }
  // -N i...: the input cut to the records that are to be read.
  [[nodiscard]] SourcePtr records_read(SourcePtr input) const;
  // -N: the rows of the output that are to be printed.
  [[nodiscard]] SourcePtr rows_wanted(SourcePtr output) const;
  // -N: rows printed; sort uses the end to keep no more.
  struct Range {
    std::uint64_t begin = 0, end = UINT64_MAX;
  };
  [[nodiscard]] const std::optional<Range>& rows_printed() const { return rows_; }

 private:
  void declare_kinds(OptionSet& options);
  void declare_how(OptionSet& options);
  [[nodiscard]] bool wants_text() const;
  [[nodiscard]] Result<Output> open_foreign() const;
  [[nodiscard]] Result<> check_kinds() const;
  [[nodiscard]] const TextFlag* given_flag() const;
  [[nodiscard]] const TextKind& kind() const;
  void note_name() const;  // where it says another format
  [[nodiscard]] Result<Output> open_file(const Io& io, const std::vector<std::string>& inputs) const;
  [[nodiscard]] Result<> take_target(const std::string& text);
  [[nodiscard]] Result<> take_rows(const std::string& text);

  AccountOptions account_;
  std::array<bool, kTextKinds> kinds_{};  // that were asked for
  TextOptions flags_;                     // what text_flags() say; nothing else of it
  std::string write_, as_, separator_, time_format_, header_every_, resolver_;
  std::vector<std::string> written_;
  std::vector<std::string> columns_;
  bool human_ = false, quiet_ = false, epoch_ = false, utc_ = false, fail_empty_ = false, no_clobber_ = false,
       append_ = false, rmon_ = false, several_ = false, human_letter_ = true;
  StateLook state_ = StateLook::name;
  int numbers_ = 0;
  int digits_ = 6;
  bool chose_digits_ = false;
  ColourWhen colour_ = ColourWhen::automatic;
  std::uint64_t memory_max_ = 2'000'000'000;
  std::size_t threads_ = 1;
  std::optional<Range> rows_, records_;
};

}  // namespace argus
