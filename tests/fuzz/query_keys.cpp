// Any text as keys of cluster and sort: keys or a usage error; what is accepted cuts columns without trouble, and
// cutting what is cut changes nothing.
#include <cstdlib>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/cluster.h"
#include "query/key.h"
#include "query/sort.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

void check_cut(const Key& key, const Batch& batch) {
  const Column once = key_column(batch, key);
  if (!is_stored(key.field) || once.absent()) return;
  Batch cut(batch.rows());
  cut.set(key.field, once);
  const Column twice = key_column(cut, key);
  with_type(once.type(), [&]<class T>() {
    for (std::size_t i = 0; i < batch.rows(); i++)
      if (once.has(i) != twice.has(i) || (once.has(i) && once.at<T>(i) != twice.at<T>(i))) std::abort();
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::vector<std::string> words = {std::string(reinterpret_cast<const char*>(data), size)};
  static const Batch batch = [] {
    std::mt19937_64 random(1);
    std::vector<Row> rows;
    while (rows.size() < 20) rows.push_back(random_row(random, true));
    return batch_of(rows);
  }();
  auto keys = parse_keys(words);
  if (keys) {
    for (const Key& key : keys->keys) check_cut(key, batch);
    const SourcePtr flows = clustered(source_of({batch}), {*std::move(keys), false});
    (void)rows_of(*flows);
  } else if (keys.error().code != Errc::usage) {
    std::abort();
  }
  auto order = parse_sort_keys(words);
  if (order) {
    const SourcePtr flows = sorted(source_of({batch}), *std::move(order), std::nullopt);
    if (rows_of(*flows).size() != batch.rows()) std::abort();
  } else if (order.error().code != Errc::usage) {
    std::abort();
  }
  return 0;
}
