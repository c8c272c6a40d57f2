#include "flow/ledger.h"

namespace argus {

std::string_view ledger_name(LedgerItem item) {
  switch (item) {
#define LEDGER(name, code, text)       \
  case LedgerItem::name: return #name; \
      #include "flow/ledger.def"
  }
  return {};
}

std::string_view ledger_text(LedgerItem item) {
  switch (item) {
#define LEDGER(name, code, text)      \
  case LedgerItem::name: return text; \
      #include "flow/ledger.def"
  }
  return {};
}

}  // namespace argus
