#include "flow/ledger.h"

namespace argus {

namespace {

struct Line {
  LedgerItem item;
  std::string_view name, text;
};
constexpr Line kLines[] = {
#define LEDGER(name, code, text) {LedgerItem::name, #name, text},
#include "flow/ledger.def"
};

const Line* line_of(LedgerItem item) {
  for (const Line& line : kLines)
    if (line.item == item) return &line;
  return nullptr;
}

}  // namespace

std::string_view ledger_name(LedgerItem item) {
  const Line* line = line_of(item);
  return line != nullptr ? line->name : std::string_view();
}

std::string_view ledger_text(LedgerItem item) {
  const Line* line = line_of(item);
  return line != nullptr ? line->text : std::string_view();
}

}  // namespace argus
