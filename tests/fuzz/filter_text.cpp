// Any text is a filter or a usage error that points into it; a filter runs over records, and its explanation is the
// same filter.
#include <cstdlib>

#include "base/result.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/where.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

const Batch& records() {
  static const Batch batch = [] {
    std::mt19937_64 random(1);
    std::vector<Row> rows;
    for (int i = 0; i < 32; i++) rows.push_back(random_row(random, i % 2 == 0));
    return with_dictionaries(batch_of(rows));
  }();
  return batch;
}

std::vector<std::uint8_t> chosen(const WherePtr& where) {
  std::vector<std::uint8_t> keep(records().rows(), 1);
  if (where) where->select(records(), keep);
  return keep;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  FilterFault fault;
  const auto where = compile_filter(text, &fault, SetFiles::named);
  const auto explained = explain_filter(text);
  if (static_cast<bool>(where) != static_cast<bool>(explained)) std::abort();
  if (!where) {
    if (where.error().code != Errc::usage || !where.error().text.starts_with("filter: ")) std::abort();
    if (fault.at > size || fault.text.empty()) std::abort();
    for (const char c : where.error().text)
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') std::abort();
    return 0;
  }
  const auto again = compile_filter(*explained, nullptr, SetFiles::named);
  if (!again) {
    // Spelt out it may be longer than a filter may be.
    if (explained->size() > kFilterBytesMax || again.error().text.find("more than") != std::string::npos) return 0;
    std::abort();
  }
  if (chosen(*where) != chosen(*again) || *explain_filter(*explained) != *explained) std::abort();
  return 0;
}
