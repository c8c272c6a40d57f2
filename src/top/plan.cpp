// What `top` is asked for, and what it leaves behind.
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/where.h"
#include "query/key.h"
#include "sink/flow_file.h"
#include "sink/kinds.h"
#include "sink/text.h"
#include "store/live_table.h"
#include "top/keys.h"
#include "top/look.h"
#include "top/model.h"
#include "top/reader.h"
#include "top/top.h"

namespace argus {

namespace {

// A source that is none: rows that are there, into any sink.
Result<> write_rows(Sink& sink, const std::vector<Batch>& rows) {
  ARGUS_TRY(sink.begin({}));
  for (const Batch& batch : rows) ARGUS_TRY(sink.write(batch));
  return sink.finish();
}

}  // namespace

bool ticks_suffice(const TopAsk& ask, const WherePtr& filter) {
  FieldSet wanted = stored_inputs(ask.fields);
  for (const Key& key : ask.key.keys) wanted |= stored_inputs({key.field});
  if (filter) wanted |= stored_inputs(filter->fields());
  for (const Field field : wanted.list())
    if (!tick_fields().has(field)) return false;
  return true;
}

FieldSet top_fields(const TopLook& look) {
  FieldSet out;
  for (const TopColumn& column : look.columns)
    if (column.kind == TopColumn::Kind::field) out.add(column.field);
  if (look.order.by == LiveOrder::By::field) out.add(look.order.field);
  return out;
}

Result<TopPlan> plan_top_key(const TopOptions& options, const std::vector<std::string>& words) {
  TopPlan out;
  auto key = parse_keys(words);
  if (!key) return while_doing("-m", std::move(key.error()));
  if (key->none) return fail(Errc::usage, "-m: 'none' merges nothing; argus show --remote, or sort, lists records");
  if (key->keys.empty()) return fail(Errc::usage, "-m: no field");
  out.ask.key = *std::move(key);
  out.ask.rmon = options.rmon;
  out.ask.groups_max = options.groups_max;
  out.key_text = joined(words, " ");
  const bool rates = options.live || options.speed > 0;
  auto columns = parse_top_columns(options.columns, default_top_columns(out.ask.key, rates));
  if (!columns) return while_doing("-s", std::move(columns.error()));
  out.look.columns = *std::move(columns);
  auto order = parse_top_order(!options.sort.empty() ? options.sort : rates ? "2s" : "pkts");
  if (!order) return while_doing("--sort", std::move(order.error()));
  out.look.order = *order;
  out.look.names = options.names;
  out.look.hosts = options.hosts;
  out.look.ascii = options.ascii;
  out.look.saved = options.saved;
  out.ask.fields = top_fields(out.look);
  return out;
}

Result<TopPlan> plan_top(const TopOptions& options) {
  if (!options.key.empty()) return plan_top_key(options, options.key);
  std::vector<std::string> words;
  for (const std::string_view word : split_words(favourite_keys().front(), " ")) words.emplace_back(word);
  return plan_top_key(options, words);
}

TopReaderOptions reader_options(const TopOptions& options) {
  return {options.memory_max, options.speed, options.waits, options.open, options.instead};
}

Result<> save_top(const std::string& path, const std::vector<Batch>& rows, const TopLook& look) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return fail(Errc::io, "{}: exists; give another name", escaped(path));
  const TextKind* kind = text_kind_of(path);
  if (kind == nullptr) {
    ARGUS_TRY_LET(const SinkPtr sink, open_records(path, FlowFileMode::replace));
    return write_rows(*sink, rows);
  }
  ARGUS_TRY_LET(Replacement out, Replacement::create(path));
  TextOptions text = look.saved;
  text.separator = kind->separator;
  for (const TopColumn& column : look.columns)
    if (column.kind == TopColumn::Kind::field) text.column_words.push_back(column_word(column));
  const SinkPtr sink = kind->open(out.file(), std::move(text));
  ARGUS_TRY(write_rows(*sink, rows));
  return out.commit();
}

}  // namespace argus
