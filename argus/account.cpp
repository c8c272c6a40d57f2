#include "argus/account.h"

namespace argus {

void AccountOptions::declare(OptionSet& options) {
  options.flag("--ledger", ledger_,
               "print what was received, recorded and lost: on standard error; with --json, as the last line");
  options.flag("--fail-on-loss", fail_on_loss_,
               "exit status 3 when packets or records were lost before they reached argus");
}

Account AccountOptions::account() const {
  Account out;
  out.whole_ledger = ledger_;
  out.fail_on_loss = fail_on_loss_;
  return out;
}

}  // namespace argus
