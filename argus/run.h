// A pipeline's run, from its first batch to the exit status: what happened is ranked and told here and nowhere else.
#pragma once

#include <string>
#include <vector>

#include "argus/account.h"
#include "argus/input_options.h"
#include "argus/output_options.h"
#include "base/result.h"
#include "flow/progress.h"
#include "flow/pump.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "shell/io.h"

namespace argus {

// Pumps the source into the sink until its end or io.stop. Then it prints the source's problems and losses, an
// interruption and the closing line, in this order, and last, where that is asked for, what was read. Outcome::exit is
// the first that is true: interrupted; the worst of the problems; what the account makes fail. An error is that of the
// source or the sink which ended the run; what the source had to say until then is not printed.
[[nodiscard]] Result<Outcome> run_pipeline(Io& io, Source& source, Sink& sink, const RunOptions& options);

// The same into the sink that the options and the pipe rule choose, of the rows that -N wants; or, where `then` joins
// another command, into that one. `further`: paths beside those of the input that must not be written to.
[[nodiscard]] Result<Outcome> run_output(Io& io, SourcePtr source, const OutputOptions& output,
                                         const InputOptions& input, const std::vector<std::string>& further = {});

// The end of a run that was pumped elsewhere. `cut`: how far it came when it was interrupted; null: it was not. An
// error: standard output did not take the ledger.
[[nodiscard]] Result<Outcome> conclude(Io& io, Pumped done, const Progress* cut, const Account& account);

}  // namespace argus
