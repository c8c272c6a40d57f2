// What the ledger says at the end of a run.
#pragma once

#include <string>

#include "flow/ledger.h"
#include "flow/pump.h"
#include "flow/source.h"

namespace argus {

// On standard error: a line for each kind of loss or oddity, packets of a capture first, without what problems report.
void report_losses(const Journal& journal);
// On standard error: a line for each item, with the sensors that it is of (--ledger); then the time that all of it is
// of, and what that leaves out of the time asked for.
void report_ledger(const Journal& journal, TimeSpan asked);
// One JSON object with a line break: "type" is "ledger"; a total for each item under its name; "rows"; "entries", each
// of a sensor or input with its span; "troubles", sentences with the exit status that each asks for.
[[nodiscard]] std::string ledger_json(const Pumped& done);
// Something is missing that was there to be had (--fail-on-loss).
[[nodiscard]] bool has_loss(const Journal& journal);

}  // namespace argus
