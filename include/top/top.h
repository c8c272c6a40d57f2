// The program `argus top`: a screen of the busiest rows, or frames of it as text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/host_names.h"
#include "flow/progress.h"
#include "flow/pump.h"
#include "flow/source.h"
#include "flow/where.h"
#include "shell/io.h"
#include "sink/text.h"
#include "top/look.h"
#include "top/model.h"
#include "top/reader.h"

namespace argus {

struct TopOptions {
  std::string source;       // what is read, for the first line
  std::string read_filter;  // of the command line: what is read at all
  std::vector<std::string> key, columns;
  bool rmon = false;
  std::string sort;  // empty: live the rate, else packets
  bool live = false, ticks = false, ends_with_input = false;
  std::size_t sensors = 0;  // that are read
  TimeSpan span;
  std::uint64_t memory_max = 512'000'000;
  std::size_t groups_max = 500'000;
  Nanos idle = 0;   // rows without traffic for so long are not listed; 0: all are
  Nanos every = 0;  // between two frames; 0: the usual
  double speed = 0;
  Names names = Names::all;
  bool ascii = false, mouse = true, colour = true;
  TextOptions saved;                                  // as TopLook::saved
  const HostNames* hosts = nullptr;                   // as TopLook::hosts
  std::function<void(const Batch& rows)> name_hosts;  // of rows that are about to be shown; empty: nobody is to be told
  // As text instead of on the screen:
  bool print = false, json = false;
  std::uint64_t frames_max = 0;  // 0: until the input ends
  std::size_t rows_max = 20;
  std::shared_ptr<TopNotices> notices;
  bool waits = false;  // what is live is a file that grows
  TopOpener open;      // what is read where no source is given
  TopOpener instead;   // records, where there are no ticks
};

// What is understood of them before anything is opened: usage errors.
struct TopPlan {
  TopAsk ask;
  TopLook look;
  std::string key_text;
};
[[nodiscard]] Result<TopPlan> plan_top(const TopOptions& options);
// The same for another key: columns begin anew.
[[nodiscard]] Result<TopPlan> plan_top_key(const TopOptions& options, const std::vector<std::string>& words);
// The fields that such columns and order need.
[[nodiscard]] FieldSet top_fields(const TopLook& look);

[[nodiscard]] TopReaderOptions reader_options(const TopOptions& options);

// Whether ticks (meter/meter.h) have all that is asked for and filtered by.
[[nodiscard]] bool ticks_suffice(const TopAsk& ask, const WherePtr& filter);

// What was read, whether it was shown or not. Nothing of it has been printed.
struct TopRun {
  Pumped done;
  Progress progress = {};
  bool cut = false;  // interrupted in the middle of input that has an end
};
// Until q, INT, TERM, HUP, or the terminal is gone.
[[nodiscard]] Result<TopRun> run_top(Io& io, SourcePtr source, const TopOptions& options, TopPlan plan);
[[nodiscard]] Result<TopRun> print_top(Io& io, SourcePtr source, const TopOptions& options, const TopPlan& plan);

// Rows to a file: what its name ends in chooses the format. Refuses one that exists.
[[nodiscard]] Result<> save_top(const std::string& path, const std::vector<Batch>& rows, const TopLook& look);

}  // namespace argus
