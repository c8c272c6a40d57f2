// What --explain says: before a run what is asked of the input and why that may take long, behind it what was read.
#pragma once

#include <string>

#include "flow/field.h"
#include "flow/progress.h"
#include "flow/source.h"

namespace argus {

// What was asked for, in words.
struct ReadPlan {
  std::string input;        // InputOptions::describe()
  std::string filter;       // its text, that compiles; empty: none
  std::string time;         // "-t -1h", as it was given; empty: none
  TimeSpan span = {};       // of that
  FieldSet chosen_by = {};  // columns that rows are chosen by
  FieldSet wanted = {};     // and those that are read of the rows chosen
  bool copies = false;      // frames of which every row is wanted are copied as they are
};
// The lines, the first to stand behind the name of the program.
[[nodiscard]] std::string plan_text(const ReadPlan& plan);
// The same of what was read, in whatever is known of it.
[[nodiscard]] std::string read_text(const Progress& progress);

// Logs the plan, with the columns, when it is bound. `input`: as it was opened, below whatever chooses among its rows.
[[nodiscard]] SourcePtr explained(SourcePtr input, ReadPlan plan);

}  // namespace argus
